"""What Prometheus may know of heads: read from the database when it asks."""

from collections.abc import Iterable

from brickmod.web.metrics import Gauge
from featurestore.heads.models import HeadAlert, HeadVersion, RunState, TrainingRun


def read() -> Iterable[Gauge]:
    yield Gauge(
        "brickmod_head_alerts",
        "Alerts about heads that nobody has settled: a failed training, a broken file, a challenger that was dropped.",
        HeadAlert.objects.filter(ended_at=None).count(),
    )
    yield Gauge(
        "brickmod_heads_unmirrored",
        "Head versions that MLflow does not have yet.",
        HeadVersion.objects.filter(mlflow_version=None).count(),
    )
    yield Gauge(
        "brickmod_trainings_under_way",
        "Trainings that wait or run.",
        TrainingRun.objects.filter(state__in=[RunState.WAITING, RunState.RUNNING]).count(),
    )
