"""Training: ask for it, watch it, say when it happens by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from featurestore.compare import lists
from featurestore.compare.forms import PolicyForm
from featurestore.compare.progress import towards
from featurestore.compare.templatetags.heads import person
from featurestore.compare.views import SEE, TRAIN
from featurestore.heads import actions
from featurestore.heads.models import RetrainingPolicy, RunState, TrainingRun
from featurestore.overview.charts import Chart, Table

RUNS = 20  # on the page


@never_cache
@require_GET
@needs(SEE)
def training(request: HttpRequest, task: str) -> HttpResponse:
    lists.exists_or_404(task)
    return _page(request, task, PolicyForm(instance=_policy(task)))


@never_cache
@require_GET
@needs(SEE)
def run(request: HttpRequest, task: str) -> HttpResponse:
    """The newest training as it stands, for the page that asks every two seconds while it runs."""
    lists.exists_or_404(task)
    return render(request, "featurestore/compare/_run.html", _running(task))


@require_POST
@needs(TRAIN)
def start(request: HttpRequest, task: str) -> HttpResponse:
    lists.exists_or_404(task)
    try:
        actions.ask_training(task, request.user, f"{person(request.user)} asked for it.")
    except actions.Refused as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("models-training", args=[task]))


@require_POST
@needs(TRAIN)
def policy(request: HttpRequest, task: str) -> HttpResponse:
    lists.exists_or_404(task)
    form = PolicyForm(request.POST, instance=_policy(task))
    if not form.is_valid():
        return _page(request, task, form, 400)
    actions.set_policy(task, request.user, **form.cleaned_data)
    messages.success(request, "Kept. It is looked at every hour.")
    return HttpResponseRedirect(reverse("models-training", args=[task]))


# -- what is shown -----------------------------------------------------------------------------------------------
def _page(request: HttpRequest, task: str, form: PolicyForm, status: int = 200) -> HttpResponse:
    known = RetrainingPolicy.objects.filter(task=task).first()
    newest = _running(task)
    context = {
        **newest,
        "title": lists.title(task),
        "runs": TrainingRun.objects.filter(task=task)
        .select_related("asked_by", "head")
        .defer("curve", "head__onnx")[:RUNS],
        "policy": known,
        "form": form,
        "towards": towards(task, known),
        "alerts": lists.alerts(task),
        "may_train": request.user.has_perm(TRAIN),
    }
    return render(request, "featurestore/compare/training.html", context, status=status)


def _policy(task: str) -> RetrainingPolicy:
    return RetrainingPolicy.objects.filter(task=task).first() or RetrainingPolicy(task=task, on=False)


def _running(task: str) -> dict[str, Any]:
    newest = TrainingRun.objects.filter(task=task).select_related("head", "asked_by").defer("head__onnx").first()
    return {
        "task": task,
        "run": newest,
        "under_way": newest is not None and newest.state in (RunState.WAITING, RunState.RUNNING),
        "percent": round(100 * newest.progress) if newest else 0,
        "curve": _curve(newest) if newest else None,
    }


def _curve(newest: TrainingRun) -> Chart:
    steps = [(int(step), float(train), None if check is None else float(check)) for step, train, check in newest.curve]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "tone": tone,
            "x": [step[0] for step in steps if step[place] is not None],
            "y": [step[place] for step in steps if step[place] is not None],
        }
        for name, place, tone in (("training", 1, "quiet"), ("validation", 2, "accent"))
    ]
    return Chart(
        "curve",
        "Loss while it learns",
        "Mean log loss, lower is better. Where the validation's line turns up while the other goes down, it learns by "
        "heart.",
        Table("curve", ("Step", "Training", "Validation"), [(a, b, "" if c is None else c) for a, b, c in steps[::-1]]),
        [one for one in traces if one["x"]],
        {"xaxis": {"title": "step"}, "yaxis": {"title": "log loss"}, "legend": True},
    )
