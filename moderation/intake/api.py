"""The API of submissions. It translates HTTP to actions and back; no rule lives here."""

import random
import re
from datetime import UTC
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from brickmod.access.models import Scope
from brickmod.access.permissions import IsCallingApp, has_scope
from brickmod.house.rules import audit_share
from brickmod.web.problem import Problem
from moderation.intake.actions import BadPart, Conflict, Held, Upload, erase, submit
from moderation.intake.guards import TurnedAway
from moderation.intake.models import State, Submission
from moderation.intake.public import public
from moderation.intake.serializers import SubmissionIn, SubmissionOut
from moderation.intake.waiting import place

MAX_WAIT = 10.0
RECEIPT = "Erasure-Receipt"
HELD = (
    "It was not erased: a legal obligation requires that it is kept for now (GDPR, Article 17(3)(b) and (e)). "
    "It is shown to nobody, used for nothing, and destroyed when that obligation ends."
)
EXPAND = OpenApiParameter("expand", str, enum=["findings"], description="Add what the detectors said.")
PREFER = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER, description="wait=N (at most 10): answer when the prefilter is done."
)


class SubmissionFilter(django_filters.FilterSet):
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Submission
        fields = ["external_id", "author", "market"]


class Newest(CursorPagination):
    page_size = 50
    ordering = ("-received_at", "id")
    page_size_query_param = "limit"
    max_page_size = 200


class SubmissionsAPI(GenericAPIView[Submission]):
    """An app sees its own submissions and no others."""

    permission_classes = [IsCallingApp, has_scope(Scope.SUBMIT)]
    parser_classes = [MultiPartParser, FormParser]
    queryset = Submission.objects.none()
    serializer_class = SubmissionOut

    def get_queryset(self) -> QuerySet[Submission]:
        mine = Submission.objects.filter(app=self.request.auth.app).exclude(state=State.WITHDRAWN, held=False)  # type: ignore[union-attr]
        return mine.prefetch_related("parts__findings") if self.expands else mine

    @property
    def expands(self) -> bool:
        return "findings" in self.request.query_params.get("expand", "").split(",")


class SubmissionList(SubmissionsAPI):
    filterset_class = SubmissionFilter
    pagination_class = Newest

    @extend_schema(parameters=[EXPAND], responses=SubmissionOut(many=True))
    def get(self, request: Request) -> Response:
        """Your submissions, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([public(row, self.expands) for row in page or ()])

    @extend_schema(
        request={"multipart/form-data": SubmissionIn},
        parameters=[PREFER],
        responses={200: SubmissionOut, 201: SubmissionOut, 202: SubmissionOut},
    )
    def post(self, request: Request) -> Response:
        """Send in what a child uploads. 201: the prefilter is done. 202: it runs. 200: this external_id came before."""
        fields = SubmissionIn(data=request.data)
        fields.is_valid(raise_exception=True)
        upload = Upload(**fields.validated_data)
        try:
            # Drawn before anything is known of it, so that the sample is fair.
            submission, created = submit(request.auth.app, upload, random.random() < audit_share())  # type: ignore[union-attr]  # noqa: S311
        except Conflict:
            raise Problem(
                409, "Other content under this external_id", "This external_id was sent before with other content."
            ) from None
        except BadPart as error:
            raise Problem(
                error.status,
                "A file cannot be taken",
                error.detail,
                errors=[{"field": error.field, "detail": error.detail}],
            ) from None
        except TurnedAway as away:
            raise _turned_away(away) from None
        with place(submission.id, wait_of(request)) as here:
            if here:
                here.wait()
        return self._answer(request, submission.id, created)

    def _answer(self, request: Request, id: UUID, created: bool) -> Response:
        submission = self.get_queryset().filter(id=id).first()
        if submission is None:
            raise NotFound("It was erased meanwhile.")
        status = 200 if not created else 202 if submission.state == State.ANALYSING else 201
        where = {"Location": request.build_absolute_uri(f"/api/v1/submissions/{submission.id}/")}
        return Response(public(submission, self.expands), status, headers=where)


class SubmissionDetail(SubmissionsAPI):
    @extend_schema(parameters=[EXPAND], responses=SubmissionOut)
    def get(self, request: Request, id: UUID) -> Response:
        """One submission."""
        return Response(public(self.one(id), self.expands))

    @extend_schema(
        responses={
            204: OpenApiResponse(description="Erased."),
            409: OpenApiResponse(description="Not erased: the law obliges us to keep it for now."),
        },
        parameters=[
            OpenApiParameter(
                RECEIPT, UUID, OpenApiParameter.HEADER, response=[204], description="Number of the erasure's receipt."
            )
        ],
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Erase it: files, texts, findings, events, and what was learned while the link lives."""
        try:
            receipt = erase(self.one(id))
        except Held:
            raise Problem(409, "Not erased", HELD) from None
        return Response(status=204, headers={RECEIPT: str(receipt.id)} if receipt else None)

    def one(self, id: UUID) -> Submission:
        submission = self.get_queryset().filter(id=id).first()
        if submission is None:
            raise NotFound("You have no submission with this id.")
        return submission


def _turned_away(away: TurnedAway) -> Problem:
    """403 for who may not send, 429 for who sent enough for now; `code` for the app, `feedback` for the child."""
    until = away.until.astimezone(UTC).isoformat().replace("+00:00", "Z") if away.until else None
    title = "Too many for today" if away.today else "Not taken from this author"
    problem = Problem(
        429 if away.today else 403, title, away.detail, code=away.code, feedback=away.feedback, until=until
    )
    if away.until:
        problem.wait = max(1.0, (away.until - timezone.now()).total_seconds())  # type: ignore[attr-defined]
    return problem


def wait_of(request: Request) -> float:
    """Seconds of `Prefer: wait=N` (RFC 7240); what cannot be read is no wish."""
    found: Any = re.search(r"\bwait\s*=\s*\"?(\d+(?:\.\d+)?)", request.headers.get("Prefer", ""))
    return min(float(found[1]), MAX_WAIT) if found else 0.0
