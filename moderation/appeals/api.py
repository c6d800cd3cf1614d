"""The API of appeals. It translates HTTP to actions and back; no rule lives here."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from brickmod.access.models import Scope
from brickmod.access.permissions import IsCallingApp, has_scope
from brickmod.web.problem import Problem
from moderation.appeals.actions import CannotAppeal, appeal_measure, appeal_rejection
from moderation.appeals.models import Appeal, Outcome
from moderation.appeals.public import public
from moderation.authors.models import Measure
from moderation.intake.models import State, Submission
from moderation.intake.serializers import LinesField


class AppealIn(serializers.Serializer[Any]):
    submission = serializers.UUIDField(required=False, help_text="A rejected submission, or")
    measure = serializers.UUIDField(required=False, help_text="what followed for an author (id of `author.flagged`).")
    words = LinesField(max_length=2000, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("submission" in attrs) == ("measure" in attrs):
            raise serializers.ValidationError({"submission": "say against what: a submission or a measure"})
        return attrs


class AppealOut(serializers.Serializer[Any]):
    """Documents what moderation.appeals.public.public builds."""

    id = serializers.UUIDField()
    submission = serializers.UUIDField(allow_null=True)
    measure = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=Outcome.values)
    made_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    feedback = serializers.CharField(help_text="For the child, in its language; empty while it waits.")


class AppealsAPI(GenericAPIView[Appeal]):
    permission_classes = [IsCallingApp, has_scope(Scope.APPEAL)]
    parser_classes = [JSONParser, MultiPartParser, FormParser]
    queryset = Appeal.objects.none()
    serializer_class = AppealOut


class AppealList(AppealsAPI):
    @extend_schema(request=AppealIn, responses={200: AppealOut, 201: AppealOut})
    def post(self, request: Request) -> Response:
        """Ask that another person looks again. Once for a decision, within its window. 200: it was asked before."""
        fields = AppealIn(data=request.data)
        fields.is_valid(raise_exception=True)
        said: dict[str, Any] = fields.validated_data
        app = request.auth.app  # type: ignore[union-attr]
        try:
            if "submission" in said:
                mine = Submission.objects.exclude(state=State.WITHDRAWN, held=False).get(id=said["submission"], app=app)
                appeal, made = appeal_rejection(app, mine, said["words"])
            else:
                appeal, made = appeal_measure(app, said["measure"], said["words"])
        except (Submission.DoesNotExist, Measure.DoesNotExist):
            raise NotFound("You have nothing with this id.") from None
        except CannotAppeal as error:
            raise Problem(409, "No appeal", error.detail, code=error.code) from None
        where = {"Location": request.build_absolute_uri(f"/api/v1/appeals/{appeal.id}/")}
        return Response(public(appeal), 201 if made else 200, headers=where)


class AppealDetail(AppealsAPI):
    @extend_schema(responses=AppealOut)
    def get(self, request: Request, id: UUID) -> Response:
        """One appeal."""
        found = Appeal.objects.filter(id=id).select_related("submission", "measure__author").first()
        app = request.auth.app  # type: ignore[union-attr]
        if found is None or app.id not in (
            found.submission.app_id if found.submission else None,
            found.measure.author.app_id if found.measure else None,
        ):
            raise NotFound("You have made no appeal with this id.")
        return Response(public(found))
