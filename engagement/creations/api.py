"""The API of published creations. It translates HTTP to actions and back; no rule lives here."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from brickmod.access.models import Scope
from brickmod.access.permissions import IsCallingApp, has_scope
from brickmod.web.problem import Problem
from engagement.creations.actions import Conflict, NoSuchSubmission, NotPublic, Published, publish, withdraw
from engagement.creations.models import Creation
from engagement.creations.serializers import CreationIn, CreationOut
from moderation.intake import api as intake


class Newest(intake.Newest):
    ordering = ("-published_at", "id")


class CreationsAPI(GenericAPIView[Creation]):
    """An app sees its own creations and no others."""

    permission_classes = [IsCallingApp, has_scope(Scope.PUBLISH)]
    parser_classes = [JSONParser, MultiPartParser, FormParser]
    queryset = Creation.objects.none()
    serializer_class = CreationOut

    def get_queryset(self) -> QuerySet[Creation]:
        return Creation.objects.filter(app=self.request.auth.app)  # type: ignore[union-attr]

    def one(self, external_id: str) -> Creation:
        creation = self.get_queryset().filter(external_id=external_id).first()
        if creation is None:
            raise NotFound("You have reported no creation with this external_id.")
        return creation


class CreationList(CreationsAPI):
    filterset_fields = ["external_id", "author", "market"]
    pagination_class = Newest

    @extend_schema(responses=CreationOut(many=True))
    def get(self, request: Request) -> Response:
        """Your published creations, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(CreationOut(page, many=True).data)

    @extend_schema(request=CreationIn, responses={200: CreationOut, 201: CreationOut})
    def post(self, request: Request) -> Response:
        """Report a creation that is published now. 200: this external_id came before."""
        fields = CreationIn(data=request.data)
        fields.is_valid(raise_exception=True)
        sent: dict[str, Any] = fields.validated_data
        try:
            creation, created = publish(request.auth.app, Published(**sent))  # type: ignore[union-attr]
        except Conflict:
            raise Problem(
                409, "Other content under this external_id", "This external_id was reported before with other content."
            ) from None
        except NoSuchSubmission:
            raise _about_submission(400, "You have no submission with this id.") from None
        except NotPublic as error:
            raise _about_submission(409, f"This submission is not approved; it is {error}.") from None
        where = {"Location": request.build_absolute_uri(f"/api/v1/creations/{creation.external_id}/")}
        return Response(CreationOut(creation).data, 201 if created else 200, headers=where)


class CreationDetail(CreationsAPI):
    @extend_schema(responses=CreationOut)
    def get(self, request: Request, external_id: str) -> Response:
        """One published creation."""
        return Response(CreationOut(self.one(external_id)).data)

    @extend_schema(responses={204: OpenApiResponse(description="Withdrawn.")})
    def delete(self, request: Request, external_id: str) -> Response:
        """It is no longer shown: it goes from here with its likes and drafts."""
        withdraw(self.one(external_id))
        return Response(status=204)


def _about_submission(status: int, detail: str) -> Problem:
    title = "Not valid" if status == 400 else "Not approved"
    return Problem(status, title, detail, errors=[{"field": "submission", "detail": detail}])
