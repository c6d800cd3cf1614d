"""How far a task is from its next training: the policy's own counting, kept for a minute."""

from dataclasses import dataclass

from featurestore.compare.recent import Recent
from featurestore.heads import reading
from featurestore.heads.models import HeadVersion, RetrainingPolicy
from featurestore.heads.policy import fresh, rare
from featurestore.heads.refusals import Refused

_counted = Recent()


@dataclass(frozen=True)
class Towards:
    """New labels since the newest version, and as many as the policy wants (None: there is no policy that is on)."""

    by_value: dict[str, int]
    new: int
    rare: int
    needed: int | None = None
    rare_needed: int | None = None

    @property
    def shown(self) -> int:
        return min(self.new, self.needed or 0)


def towards(task: str, policy: RetrainingPolicy | None) -> Towards | None:
    """None: there is no head of the task to succeed, so nothing to count."""
    newest = HeadVersion.objects.defer("onnx", "card").filter(task=task).order_by("id").last()
    if newest is None:
        return None
    label_view = policy.label_view if policy else ""
    key = (task, newest.id, label_view)
    counts = _counted.get(key)
    if counts is None:
        try:
            begins = reading.basis(task)
            counts = reading.counts(task, begins.encoder, begins.view, label_view)
        except (Refused, LookupError):  # an unknown label view is said where it is filled in
            return None
        _counted.put(key, counts)
    new = fresh(counts, newest.data.get("labels", {}))
    wanted = (policy.new_labels, policy.rare_labels) if policy and policy.on else (None, None)
    return Towards(new, sum(new.values()), rare(new), *wanted)
