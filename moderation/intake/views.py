"""Children's files, for people who may see them. There is no other way to them."""

from uuid import UUID

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views import View

from moderation.intake.hidden import hidden
from moderation.intake.models import Part, PartKind, State
from moderation.intake.ranges import file_answer

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "mp4": "video/mp4", "webm": "video/webm"}


class PartFile(PermissionRequiredMixin, View):
    """A part's file (`full`) or its picture of at most 1280 pixels (`preview`)."""

    permission_required = "desk.see_queue"
    raise_exception = True

    def get(self, request: HttpRequest, id: UUID, size: str) -> HttpResponseBase:
        part = Part.objects.select_related("submission").filter(id=id).exclude(kind=PartKind.TEXT).first()
        if part is None or part.submission.state == State.WITHDRAWN or hidden(request.user, part.submission):
            raise Http404("This picture is not there any more.")
        stored = part.preview if size == "preview" else part.file
        suffix = (stored.name or "").rsplit(".", 1)[-1]
        try:
            content_type = TYPES.get(suffix, "application/octet-stream")
            answer = file_answer(request, stored.open("rb"), stored.size, content_type)
        except FileNotFoundError:
            raise Http404("This picture is not there any more.") from None
        # Only ever a picture or a video: whatever else is in the bytes, a browser must not run it. Kept by no
        # browser and by nobody between: what is taken away here is gone there too when it is asked for again.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
