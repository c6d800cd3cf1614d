"""The challengers look at what the champions looked at, beside them.

They share what was seen of each part, and judge it when the champions are done. Nobody waits for them longer than their
budget, and nothing that they do changes an answer: one that raises, hangs or cannot be used is dropped for the batch,
counted, and after some failures left alone for a while. Only where a challenger has a canary share its verdict counts,
and there the champion's when it fails.
"""

import time
from collections.abc import Iterable, Mapping, Sequence

import structlog
from django.db import DatabaseError

from brickmod.web.metrics import HEADS_DROPPED
from featurestore.heads.alerts import raise_alert
from featurestore.heads.models import AlertKind, Alias
from featurestore.heads.serving import Served
from moderation.detectors.base import HeadDetector
from moderation.prefilter.asking import Answer, Asked
from moderation.prefilter.canary import chosen
from moderation.prefilter.faults import AT_ONCE, OFF_SECONDS, Faults
from moderation.prefilter.flow import CHALLENGERS_AT_MOST_MS, CHALLENGERS_MS
from moderation.prefilter.looking import Beside, PartLook

log = structlog.get_logger(__name__)
_faults = Faults()  # of this process


class Heads:
    """Who judges one batch, read once before it: whatever is promoted meanwhile serves the next one."""

    def __init__(self, served: Mapping[str, tuple[Served, ...]]) -> None:
        self._served, self._faults = served, _faults
        self._dropped: set[int] = set()
        self._alerts: list[tuple[Served, AlertKind, str]] = []

    def champion(self, detector: HeadDetector) -> Served:
        """The head that counts; where none serves, or it cannot read what the detector sees, the one that the detector
        came with (id 0: not registered)."""
        for one in self._served.get(detector.card.task, ()):
            if one.alias == Alias.CHAMPION and self._fits(detector, one):
                return one
        head = detector.head()
        return Served(0, detector.card.task, head.sheet.version, Alias.CHAMPION, head, head.sheet.threshold)

    def canaries(self, detector: HeadDetector, parts: Sequence[PartLook]) -> list[tuple[Served, Answer]]:
        """What challengers say of those of these parts for which they count. Told before the flow goes on."""
        task = detector.card.task
        served = self._served.get(task, ())
        if not any(one.canary for one in served if one.alias != Alias.CHAMPION):
            return []
        found: list[tuple[Served, Answer]] = []
        counting = {part.part.id: chosen(part.part.submission_id, task, served) for part in parts}
        for one in self._usable(detector):
            mine = [part for part in parts if counting[part.part.id] == one and detector.card.name in part.seen]
            if mine:
                found += [(one, answer) for answer in self._ask(detector, one, mine, _budget(mine))]
        return found

    def look_beside(self, detectors: Iterable[HeadDetector], parts: Sequence[PartLook]) -> bool:
        """All challengers about all that was seen, within one budget for the whole batch, shared fairly: one that hangs
        takes nothing from the others. False: there is none."""
        waiting = []
        for detector in detectors:
            seen = [part for part in parts if detector.card.name in part.seen]
            waiting += [(detector, one, seen) for one in self._usable(detector) if seen]
        if not waiting:
            return False
        ends = time.monotonic() + _budget(parts)
        for n, (detector, one, seen) in enumerate(waiting):
            mine = [part for part in seen if not part.has_answer(one.id)]
            seconds = max(0.0, ends - time.monotonic()) / (len(waiting) - n)
            for part, finding, ms in self._ask(detector, one, mine, seconds) if mine else ():
                part.beside.append(Beside(one, finding, ms))
        return True

    def _usable(self, detector: HeadDetector) -> list[Served]:
        return [
            one
            for one in self._served.get(detector.card.task, ())
            if one.alias != Alias.CHAMPION
            and one.id not in self._dropped
            and not self._faults.off(one.id)
            and self._fits(detector, one)
        ]

    def _fits(self, detector: HeadDetector, one: Served) -> bool:
        sheet = one.head.sheet
        if sheet.encoder != detector.reads():
            self._drop(one, "encoder", f"reads {sheet.encoder}, and the detector has {detector.reads()}")
        elif sheet.dim != detector.head().sheet.dim:
            self._drop(one, "dim", f"reads {sheet.dim} numbers, and the detector has {detector.head().sheet.dim}")
        return one.id not in self._dropped

    def _ask(self, detector: HeadDetector, one: Served, parts: list[PartLook], seconds: float) -> list[Answer]:
        asked = Asked(detector, one, parts)
        asked.start()
        try:
            asked.wait(seconds)
        except TimeoutError as error:
            if asked.is_alive():
                self._faults.left_behind(one.id, asked)
            self._drop(one, "slow", str(error))
        except Exception as error:
            self._drop(one, "raised", f"{type(error).__name__}: {error}")
        else:
            self._faults.worked(one.id)
        return asked.found or [] if one.id not in self._dropped else []

    def _drop(self, one: Served, why: str, error: str) -> None:
        """Not asked again in this batch. Somebody is told, of mere slowness only when it comes again and again."""
        self._dropped.add(one.id)
        HEADS_DROPPED.labels(task=one.task, version=one.version, why=why).inc()
        off = self._faults.failed(one.id, why)
        log.error("head.dropped", task=one.task, version=one.version, alias=one.alias, why=why, error=error[:200])
        if off or why != "slow":
            kind = AlertKind.BROKEN_HEAD if why in AT_ONCE else AlertKind.CHALLENGER_FAILS
            rest = f" It is left alone for {OFF_SECONDS / 60:.0f} minutes." if off else ""
            self._alerts.append((one, kind, f"The head {one.task} {one.version}, {one.alias}: {error[:200]}.{rest}"))

    def tell(self) -> None:
        """Raise the alerts of this batch. One that cannot be raised stands in the log."""
        for one, kind, says in self._alerts:
            try:
                raise_alert(one.task, kind, says, one.version)
            except DatabaseError:
                log.exception("head.alert_not_raised", task=one.task, version=one.version)
        self._alerts.clear()


def _budget(parts: Sequence[PartLook]) -> float:
    """Seconds."""
    return min(CHALLENGERS_AT_MOST_MS, CHALLENGERS_MS * sum(len(part.looks) for part in parts)) / 1000
