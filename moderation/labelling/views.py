"""The pages on which people say what heads should learn. A form that works without scripts; keys make it quick."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brickmod.web.guards import needs
from moderation.intake.models import State
from moderation.intake.views import PartFile
from moderation.labelling import actions
from moderation.labelling.agreement import Agreed
from moderation.labelling.forms import NoAnswers, read
from moderation.labelling.models import Answer, LabelTask, Question, Tally, Value

LABEL = "labelling.label"


@dataclass(frozen=True)
class Progress:
    """Towards the next training."""

    task: LabelTask
    done: int
    open: int
    agreed: Agreed | None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // max(1, self.task.target))

    @property
    def bar(self) -> int:
        return min(self.done, self.task.target)


@never_cache
@require_GET
@needs(LABEL)
def labels(request: HttpRequest) -> HttpResponse:
    """What wants labels, and how far each is."""
    tasks = [_progress(task) for task in LabelTask.objects.filter(on=True)]
    past = [(task, list(task.agreements.order_by("-day")[:14])) for task in LabelTask.objects.all()]
    context = {"tasks": tasks, "past": [(task, rows) for task, rows in past if rows]}
    return render(request, "moderation/labelling/labels.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(LABEL)
def grid(request: HttpRequest, task: str) -> HttpResponse:
    """Up to twelve questions of a task, and where their answers go."""
    asked = get_object_or_404(LabelTask, task=task, on=True)
    if request.method == "POST":
        return _answered(request, asked)
    questions = actions.pick(request.user, asked)
    last = Answer.objects.filter(labeller_id=request.user.pk).order_by("-at").first()
    context = {
        "task": asked,
        "progress": _progress(asked),
        "questions": questions,
        "values": Value,
        "batch": uuid4(),
        "undoable": Answer.objects.filter(labeller_id=request.user.pk, batch=last.batch).count() if last else 0,
    }
    return render(request, "moderation/labelling/grid.html", context)


@require_POST
@needs(LABEL)
def undo(request: HttpRequest) -> HttpResponse:
    """The last answers of this person, taken back."""
    undone = actions.undo(request.user)
    if undone.gone:
        messages.error(request, f"{undone.gone} could not be taken back: what they were about is not there any more.")
    if undone.counted:
        messages.success(request, f"Taken back: {_answers(undone.counted)}.")
    elif not undone.gone:
        messages.info(request, _("There is nothing to take back."))
    task = LabelTask.objects.filter(on=True, task=request.POST.get("task", "")).first()
    return HttpResponseRedirect(reverse("labels-grid", args=[task.task]) if task else reverse("labels"))


class Preview(PartFile):
    """A part's preview for labellers: only while they hold a question about it. An engineer has no other way to it."""

    permission_required = LABEL

    def get(self, request: HttpRequest, id: UUID, size: str = "preview") -> HttpResponseBase:
        held = Question.objects.filter(part=id, held_by_id=request.user.pk, held_until__gt=timezone.now())
        if not held.exclude(part__submission__state=State.WITHDRAWN).exists():
            raise Http404(_("You are not asked about this picture."))
        return super().get(request, id, "preview")


def _answered(request: HttpRequest, task: LabelTask) -> HttpResponse:
    try:
        batch, values = read(request.POST)
    except NoAnswers as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("labels-grid", args=[task.task]))
    sent = actions.answer(request.user, batch, values)
    if sent.counted:
        messages.success(request, f"Counted: {_answers(sent.counted)}.")
    if sent.gone:
        messages.warning(
            request, f"Not counted: {_answers(sent.gone)}. What they were about is not there any more, or was answered."
        )
    return HttpResponseRedirect(reverse("labels-grid", args=[task.task]))


def _progress(task: LabelTask) -> Progress:
    rows: Any = Tally.objects.filter(task=task, day__gte=task.since).exclude(value=Value.UNSURE)
    done = sum(rows.values_list("count", flat=True))
    waiting = Question.objects.filter(task=task, answers=None).count()
    return Progress(task, done, waiting, actions.agreement(task))


def _answers(n: int) -> str:
    return "1 answer" if n == 1 else f"{n} answers"
