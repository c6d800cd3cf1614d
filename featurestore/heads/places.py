"""The places of a task: who serves under which alias. Held locked while one change is made."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from featurestore.heads.models import CHALLENGERS, Alias, HeadVersion, Serving
from featurestore.heads.refusals import Refused


@dataclass
class Places:
    """alias -> Serving of one task. Its methods write to the database at once, inside the caller's transaction."""

    task: str
    rows: dict[str, Serving]

    @classmethod
    def locked(cls, task: str) -> "Places":
        """Waits for whoever changes this task now. SQLite locks as a whole when the transaction begins."""
        list(Serving.objects.select_for_update().filter(task=task).values_list("id"))
        # Read again: what the lock waited for may have added rows.
        rows = Serving.objects.filter(task=task).select_related("head").defer("head__onnx")
        return cls(task, {row.alias: row for row in rows})

    @property
    def champion(self) -> Serving | None:
        return self.rows.get(Alias.CHAMPION)

    def of(self, head: HeadVersion) -> Serving | None:
        return next((row for row in self.rows.values() if row.head_id == head.id), None)

    def state(self) -> dict[str, list[str | float | None]]:
        """alias -> [version, threshold, canary]."""
        return {alias: [row.head.version, row.threshold, row.canary] for alias, row in sorted(self.rows.items())}

    def crown(self, head: HeadVersion, threshold: float | None) -> None:
        """Make it champion. Whoever was one has no place afterwards."""
        if mine := self.of(head):
            self.vacate(mine)
        if old := self.champion:
            self.vacate(old)
        self._put(Alias.CHAMPION, head, threshold)

    def seat(self, alias: str, head: HeadVersion, threshold: float | None = None) -> None:
        """Put it in a free place."""
        self._put(alias, head, threshold)

    def vacate(self, row: Serving) -> None:
        del self.rows[row.alias]
        row.delete()

    def push(self, head: HeadVersion) -> Serving | None:
        """Make it `challenger`; those there move on by one until a place was free. Returns the row that fell out: the
        one that has been there longest, when all were taken."""
        taken = [alias for alias in CHALLENGERS if alias in self.rows]
        out = None
        if len(taken) == len(CHALLENGERS):
            out = min((self.rows[alias] for alias in taken), key=lambda row: (row.since, -CHALLENGERS.index(row.alias)))
            self.vacate(out)
        free = next(n for n, alias in enumerate(CHALLENGERS) if alias not in self.rows)
        for n in range(free, 0, -1):  # from behind, since an alias is taken once
            row = self.rows.pop(CHALLENGERS[n - 1])
            row.alias = CHALLENGERS[n]
            row.save(update_fields=["alias"])
            self.rows[row.alias] = row
        self._put(CHALLENGERS[0], head, None)
        return out

    def set(self, row: Serving, **values: float | None) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean(exclude=["head", "task", "alias"], validate_unique=False, validate_constraints=False)
        row.save(update_fields=list(values))

    def _put(self, alias: str, head: HeadVersion, threshold: float | None, since: datetime | None = None) -> None:
        self.rows[alias] = Serving.objects.create(
            task=self.task, alias=alias, head=head, threshold=threshold, since=since or timezone.now()
        )


def must_serve(places: Places, head: HeadVersion) -> Serving:
    row = places.of(head)
    if row is None:
        raise Refused(f"Version {head.version} of {head.task} does not serve now; deploy it first.")
    return row
