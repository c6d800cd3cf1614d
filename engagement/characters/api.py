"""What an app reads of likes and comments, and how an author wants none. No rule lives here."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from brickmod.access.models import Scope
from brickmod.access.permissions import IsCallingApp, has_scope
from brickmod.web.problem import Problem
from engagement.characters.actions import opt_in, opt_out
from engagement.characters.models import Draft, Like, OptOut
from engagement.characters.public import comment, like
from moderation.intake import api as intake
from moderation.intake.serializers import LineField


class CharacterOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class CommentOut(serializers.Serializer[Any]):
    """Documents what public.comment builds."""

    id = serializers.UUIDField()
    creation = serializers.CharField(help_text="Its external_id.")
    character = CharacterOut()
    language = serializers.CharField()
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=["posted"])
    posted_at = serializers.DateTimeField()


class LikeOut(serializers.Serializer[Any]):
    """Documents what public.like builds."""

    id = serializers.CharField()
    creation = serializers.CharField(help_text="Its external_id.")
    character = CharacterOut()
    liked_at = serializers.DateTimeField()


class OptOutSerializer(serializers.Serializer[Any]):
    author = LineField(max_length=200)


class Posted(intake.Newest):
    ordering = ("-post_at", "id")


class Given(intake.Newest):
    ordering = ("-given_at", "-id")


class CommentList(GenericAPIView[Draft]):
    permission_classes = [IsCallingApp, has_scope(Scope.PUBLISH)]
    queryset = Draft.objects.none()
    serializer_class = CommentOut
    pagination_class = Posted
    filterset_fields: list[str] = []

    @extend_schema(
        parameters=[
            OpenApiParameter("status", str, enum=["posted"], description="Only what is posted is told."),
            OpenApiParameter("creation", str, description="external_id of a creation."),
        ],
        responses=CommentOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Comments of characters on your creations, newest first. A person has approved each."""
        if request.query_params.get("status", "posted") != "posted":
            raise Problem(400, "Not valid", "Only comments with status=posted are told.")
        rows = Draft.objects.posted().filter(creation__app=request.auth.app)  # type: ignore[union-attr]
        page = self.paginate_queryset(_of_creation(rows.select_related("creation", "character"), request))
        return self.get_paginated_response([comment(row) for row in page or ()])


class LikeList(GenericAPIView[Like]):
    permission_classes = [IsCallingApp, has_scope(Scope.PUBLISH)]
    queryset = Like.objects.none()
    serializer_class = LikeOut
    pagination_class = Given

    @extend_schema(
        parameters=[OpenApiParameter("creation", str, description="external_id of a creation.")],
        responses=LikeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Likes of characters for your creations, newest first."""
        rows = Like.objects.filter(creation__app=request.auth.app).exclude(given_at=None)  # type: ignore[union-attr]
        page = self.paginate_queryset(_of_creation(rows.select_related("creation", "character"), request))
        return self.get_paginated_response([like(row) for row in page or ()])


class OptOuts(GenericAPIView[OptOut]):
    permission_classes = [IsCallingApp, has_scope(Scope.PUBLISH)]
    queryset = OptOut.objects.none()
    serializer_class = OptOutSerializer

    @extend_schema(request=OptOutSerializer, responses={200: OptOutSerializer, 201: OptOutSerializer})
    def post(self, request: Request) -> Response:
        """This author wants no likes and no comments of characters. What was planned goes."""
        fields = OptOutSerializer(data=request.data)
        fields.is_valid(raise_exception=True)
        new = opt_out(request.auth.app, fields.validated_data["author"])  # type: ignore[union-attr]
        return Response(fields.validated_data, 201 if new else 200)


class OptOutDetail(GenericAPIView[OptOut]):
    permission_classes = [IsCallingApp, has_scope(Scope.PUBLISH)]
    queryset = OptOut.objects.none()
    serializer_class = OptOutSerializer

    @extend_schema(responses={204: OpenApiResponse(description="Characters may come again.")})
    def delete(self, request: Request, author: str) -> Response:
        """This author wants them again."""
        if not opt_in(request.auth.app, author):  # type: ignore[union-attr]
            raise NotFound("This author has not opted out.")
        return Response(status=204)


def _of_creation(rows: QuerySet[Any], request: Request) -> QuerySet[Any]:
    wanted = request.query_params.get("creation")
    return rows.filter(creation__external_id=wanted) if wanted else rows
