"""Train a head: ask for it, and do it. What comes of it depends on how it does on the frozen exam set."""

from collections.abc import Callable
from typing import Any

import structlog

from featurestore.encoders.base import ModelMissing
from featurestore.heads import mirroring, reading, running
from featurestore.heads.hurrying import hurry
from featurestore.heads.mlflow_api import Mlflow, Unreachable
from featurestore.heads.models import Alias, HeadVersion, RetrainingPolicy, Serving, TrainingRun
from featurestore.heads.refusals import NotNow, Refused
from featurestore.heads.registering import register
from featurestore.heads.serving import load
from featurestore.heads.serving_actions import deploy, hold

log = structlog.get_logger(__name__)

Tell = Callable[[float, str, list[Any]], None]
QUEUE = "training"
MIRROR_SECONDS = 30.0


def ask_training(task: str, by: Any = None, because: str = "") -> TrainingRun:
    """Have a worker train a task. Refused: there is neither a head nor a label. NotNow: it is being trained."""
    reading.basis(task)
    run = running.wait(task, by, because or "Somebody asked for it.")
    hurry("featurestore.train", run.id, queue=QUEUE)
    return run


def train(
    task: str,
    by: Any = None,
    because: str = "",
    run: TrainingRun | None = None,
    tell: Tell | None = None,
    label_view: str | None = None,
) -> HeadVersion:
    """Train a task now, in this process; returns the new version, deployed or held.

    `run`: the row that was asked for, if it was. `tell` hears of the progress too. Raises NotNow, CannotTrain (too few
    labels …), and what else goes wrong; the row of the training then says why, and an alert is open.
    """
    run = run or running.wait(task, by, because or "Somebody asked for it.")
    if not running.begin(run):
        raise NotNow(f"Somebody else trains {task}, or that training has been ended.")
    told = running.Teller(run)

    def both(progress: float, step: str, curve: list[Any]) -> None:
        told(progress, step, curve)
        if tell:
            tell(progress, step, curve)

    known: dict[str, Any] = {}
    try:
        with running.beating(run):
            head, result = _train(task, run, both, _label_view(task, label_view), known)
            told.flush()
    except BaseException as error:
        running.failed(run, _why(error), known)
        raise
    running.done(run, head, {**known, **result})
    _mirror(task)
    head.refresh_from_db()
    return head


def _train(
    task: str, run: TrainingRun, tell: Tell, label_view: str, known: dict[str, Any]
) -> tuple[HeadVersion, dict[str, Any]]:
    from featurestore.heads.training import train_head

    tell(0.0, "reading the labelled features", [])
    begin = reading.basis(task)
    lessons = reading.read(task, begin.encoder, begin.view, label_view)
    # Known from here on even if it fails: what is new is counted from the last try, not from the last success.
    known["labels"] = lessons.manifest["labels"]
    run.result = dict(known)
    run.save(update_fields=["result"])
    trained = train_head(task, begin.view, lessons.dataset, lessons.splits, tell=tell)
    champion = Serving.objects.filter(task=task, alias=Alias.CHAMPION).select_related("head").first()
    head = register(trained, begin.parent, lessons.manifest)
    TrainingRun.objects.filter(id=run.id).update(head=head)
    return head, _place(head, champion.head if champion else None, lessons, run)


def _place(
    head: HeadVersion, champion: HeadVersion | None, lessons: reading.Lessons, run: TrainingRun
) -> dict[str, Any]:
    """Beside the champion, unless it is surely worse: then it is held, with the reason."""
    result: dict[str, Any] = {"version": head.version}
    because = f"Trained because: {run.because.rstrip('. ')}."
    found = _difference(head, champion, lessons)
    if found and champion:
        value, low, high = found
        result["difference"] = [value, low, high]
        said = f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"
        if high < 0:
            reason = (
                f"On the frozen exam set it is worse than the champion, version {champion.version}, by more than "
                f"chance: {said}."
            )
            hold(head, None, reason, {"difference": result["difference"]})
            return {**result, "held": reason}
        reason = f"{because} Against version {champion.version} on the frozen exam set: {said}."
    else:
        reason = f"{because} There was no champion that could sit the same exam."
    try:
        result["alias"] = deploy(head, None, reason, with_mlflow=False)
    except Refused as refused:
        hold(head, None, str(refused))
        result["held"] = str(refused)
    return result


def _difference(
    head: HeadVersion, champion: HeadVersion | None, lessons: reading.Lessons
) -> tuple[float, float, float] | None:
    from featurestore.heads.training import exam_difference

    if champion is None or (champion.encoder, champion.view) != (head.encoder, head.view):
        return None
    try:
        old = load(champion)
    except ModelMissing as error:
        log.warning("training.champion_is_broken", task=head.task, version=champion.version, error=str(error)[:200])
        return None
    return exam_difference(load(head), old, lessons.dataset, lessons.splits)


def _label_view(task: str, given: str | None) -> str:
    if given is not None:
        return given
    policy = RetrainingPolicy.objects.filter(task=task).first()
    return policy.label_view if policy else ""


def _mirror(task: str) -> None:
    """MLflow gets it now if it is there; if not, the mirror brings it later: no training is lost to it."""
    try:
        mirroring.follow(Mlflow(MIRROR_SECONDS), [task])
    except Unreachable as error:
        log.warning("training.not_mirrored_yet", task=task, error=str(error))


def _why(error: BaseException) -> str:
    """For people. What we say ourselves is a sentence already; of the rest they get its kind and its words."""
    from featurestore.heads.training import CannotTrain
    from featurestore.labels.rules import UnknownView

    if isinstance(error, CannotTrain | Refused | UnknownView):
        return str(error)
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return "It was stopped by hand."
    if type(error).__name__ == "SoftTimeLimitExceeded":
        return "It took longer than a training may."
    log.exception("training.failed", exc_info=error)
    return f"It failed: {type(error).__name__}: {str(error)[:300]}"
