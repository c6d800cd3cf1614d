"""The API of authors. The pseudonym goes in the query, not in the path: paths stand in logs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from brickmod.access.models import Scope
from brickmod.access.permissions import IsCallingApp, has_scope
from brickmod.web.problem import Problem
from moderation.authors.actions import points_of
from moderation.authors.door import in_force
from moderation.authors.erasing import erase_author
from moderation.authors.models import Author, Follows
from moderation.authors.told import standing_data
from moderation.intake.actions import Held
from moderation.intake.api import HELD

AUTHOR = OpenApiParameter("author", str, required=True, description="Your pseudonym for the child.")


class MeasureOut(serializers.Serializer[Any]):
    """Documents what moderation.authors.told.measure_data builds."""

    id = serializers.UUIDField()
    follows = serializers.ChoiceField(choices=Follows.values)
    status = serializers.CharField(help_text='"in_force", or how it ended: expired, lifted, appeal, withdrawn')
    reasons = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="null: until a person lifts it")
    uploads_a_day = serializers.IntegerField(allow_null=True)
    feedback = serializers.CharField(help_text="For the child, in its language.")


class StandingOut(serializers.Serializer[Any]):
    author = serializers.CharField()
    standing = serializers.ChoiceField(choices=["fine", *Follows.values])
    points = serializers.FloatField(help_text="Of strikes, as they weigh today.")
    measures = MeasureOut(many=True)
    since = serializers.DateTimeField(allow_null=True)


class Authors(APIView):
    """An app sees its own authors and no others."""

    permission_classes = [IsCallingApp, has_scope(Scope.SUBMIT)]

    @extend_schema(parameters=[AUTHOR], responses=StandingOut)
    def get(self, request: Request) -> Response:
        """How an author stands. Of whom nothing is remembered, stands fine."""
        app, name = request.auth.app, self.name_in(request)  # type: ignore[union-attr]
        author = Author.objects.filter(app=app, name=name).first()
        points = points_of(author) if author else 0.0
        return Response(standing_data(name, author, points, in_force(app, name)))

    @extend_schema(
        parameters=[AUTHOR],
        responses={
            204: OpenApiResponse(description="Erased."),
            409: OpenApiResponse(description="Not erased: the law obliges us to keep what is left."),
        },
    )
    def delete(self, request: Request) -> Response:
        """Erase everything of an author: submissions, strikes, measures, appeals, hints, events."""
        try:
            receipt = erase_author(request.auth.app, self.name_in(request))  # type: ignore[union-attr]
        except Held:
            raise Problem(409, "Not erased", HELD) from None
        if receipt is None:
            raise NotFound("There is nothing of this author.")
        headers = {"Erasure-Receipt": str(receipt.id)}
        if held := receipt.counts.get("held"):
            headers["Erasure-Held"] = str(held)  # so many stay: the law obliges us to keep them for now
        return Response(status=204, headers=headers)

    def name_in(self, request: Request) -> str:
        name = request.query_params.get("author", "")
        if not name or len(name) > 200:
            raise serializers.ValidationError({"author": "Say which author: ?author=PSEUDONYM"})
        return name
