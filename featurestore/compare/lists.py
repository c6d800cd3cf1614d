"""What the pages of heads list: every task and who serves it, versions, and what was done to them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from featurestore.compare.progress import Towards, towards
from featurestore.heads.models import (
    CHALLENGERS,
    Alias,
    HeadAlert,
    HeadVersion,
    Outcome,
    PromotionEvent,
    PromotionRequest,
    RetrainingPolicy,
    Serving,
    TrainingRun,
)

# Of a version everything but its file, which may be megabytes.
HEADS = HeadVersion.objects.defer("onnx")


@dataclass(frozen=True)
class Placed:
    """A version under an alias, as a page names it."""

    head: HeadVersion
    alias: str
    since: datetime
    own_threshold: bool
    threshold: float
    canary: float

    @property
    def is_champion(self) -> bool:
        return self.alias == Alias.CHAMPION

    @property
    def days(self) -> int:
        return (timezone.now() - self.since).days

    @property
    def says(self) -> str:
        """Ours and MLflow's older word for it."""
        return str(Alias(self.alias).label)


@dataclass
class TaskRow:
    """One line of the list of tasks."""

    task: str
    champion: Placed | None = None
    challengers: list[Placed] = field(default_factory=list)
    policy: RetrainingPolicy | None = None
    run: TrainingRun | None = None
    towards: Towards | None = None
    alerts: list[HeadAlert] = field(default_factory=list)
    requests: list[PromotionRequest] = field(default_factory=list)


def title(task: str) -> str:
    return task.replace("-", " ").replace("_", " ").capitalize()


def tasks() -> list[TaskRow]:
    """Every task that a head, a policy or a training is about, in order of its name."""
    rows: dict[str, TaskRow] = {}

    def row(task: str) -> TaskRow:
        return rows.setdefault(task, TaskRow(task))

    for task in HeadVersion.objects.order_by().values_list("task", flat=True).distinct():
        row(task)
    for one in placed():
        if one.is_champion:
            row(one.head.task).champion = one
        else:
            row(one.head.task).challengers.append(one)
    for policy in RetrainingPolicy.objects.all():
        row(policy.task).policy = policy
    for task, run in latest_runs().items():
        row(task).run = run
    for alert in alerts():
        row(alert.task).alerts.append(alert)
    for wish in PromotionRequest.objects.filter(outcome=Outcome.OPEN).select_related("head", "by"):
        row(wish.task).requests.append(wish)
    for found in rows.values():
        found.towards = towards(found.task, found.policy)
    return sorted(rows.values(), key=lambda one: one.task)


def alerts(task: str = "") -> list[HeadAlert]:
    """Those that nobody has settled and that have not become well again."""
    return list(HeadAlert.objects.filter(ended_at=None, **({"task": task} if task else {})))


def placed(task: str = "") -> list[Placed]:
    """Who serves, the champion of a task first, then the challengers in the order of their aliases."""
    found = Serving.objects.select_related("head").defer("head__onnx", "head__card")
    if task:
        found = found.filter(task=task)
    order = {alias: n for n, alias in enumerate((Alias.CHAMPION, *CHALLENGERS))}
    return [
        Placed(
            one.head,
            one.alias,
            one.since,
            one.threshold is not None,
            one.head.sheet["threshold"] if one.threshold is None else one.threshold,
            one.canary,
        )
        for one in sorted(found, key=lambda one: (one.task, order.get(one.alias, 9)))
    ]


def latest_runs() -> dict[str, TrainingRun]:
    """task -> its newest training."""
    newest: dict[str, int] = {}
    for task, id in TrainingRun.objects.order_by("asked_at", "id").values_list("task", "id"):
        newest[task] = id
    return {run.task: run for run in TrainingRun.objects.filter(id__in=newest.values()).defer("curve")}


def versions(task: str) -> list[HeadVersion]:
    return list(HEADS.defer("onnx", "card").filter(task=task).select_related("parent").order_by("-made_at", "-id"))


def version_or_404(task: str, version: str) -> HeadVersion:
    found = HEADS.filter(task=task, version=version).select_related("parent").first()
    if found is None:
        raise Http404("There is no such version.")
    return found


def events(task: str) -> QuerySet[PromotionEvent]:
    return (
        PromotionEvent.objects.filter(task=task)
        .select_related("old", "new", "by", "seconded_by")
        .defer("old__onnx", "new__onnx", "old__card", "new__card")
    )


def exists_or_404(task: str) -> None:
    """A task is what any head, policy or training is about."""
    if not any(model.objects.filter(task=task).exists() for model in (HeadVersion, RetrainingPolicy, TrainingRun)):
        raise Http404("There is no such task.")
