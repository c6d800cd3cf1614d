"""What two heads said of the same part, kept so that people's answers can tell which of them is right more often.

People see everything that is not rejected. Of what is rejected they see the audit sample, and what is drawn here to be
looked at again, with chances that are known and kept with each pair.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from featurestore.compare import actions
from featurestore.compare.models import Pair, Stratum
from featurestore.heads.models import Alias
from featurestore.heads.serving import Served
from moderation.detectors.base import Finding
from moderation.feedback.models import Reason
from moderation.intake.models import Part, Submission
from moderation.prefilter.chances import draw_chance, number, seen_chance
from moderation.prefilter.flow import FLOW
from moderation.prefilter.links import link_pairs, pairs_of
from moderation.prefilter.looking import PartLook, SubmissionLook
from moderation.prefilter.models import Recheck

DEVICES = {"ios": "ios", "iphone": "ios", "ipad": "ios", "ipados": "ios"} | {n: n for n in ("android", "web")}


@dataclass(frozen=True)
class Answer:
    """What one head said of a part."""

    served: Served
    finding: Finding
    ms: float

    @property
    def hit(self) -> bool:
        return self.finding.score >= self.finding.threshold


def keep(look: SubmissionLook, rejected: bool) -> bool:
    """Write the pairs of a submission and the links to them (in the caller's transaction), and draw whether a person
    shall look at its rejection again. Returns whether it was drawn."""
    found = list(_pairs(look))
    if not found:
        return False
    would_be_rejected = rejected or (look.submission.audit and not look.has_video and bool(look.reject_reasons))
    drawn, seen = (_chances([a.hit != b.hit for _, a, b in found]) if _matters(found) else (0.0, settings.AUDIT_SHARE))
    pairs = []
    for part, champion, challenger in found:
        stratum, chance = Stratum.SEEN, 1.0
        if would_be_rejected:
            chance = seen
            agreed = champion.hit == challenger.hit
            stratum = Stratum.AUDIT if not rejected else Stratum.AGREED if agreed else Stratum.DISPUTED
        if chance > 0:  # what nobody can ever see, no estimate can be made of
            pairs.append((part, _pair(look.submission, champion, challenger, stratum, chance)))
    actions.keep([pair for _, pair in pairs])
    link_pairs([(part, pair.id) for part, pair in pairs])
    place = number(look.submission.id)
    if not rejected or place >= drawn:
        return False
    Recheck.objects.get_or_create(submission=look.submission, defaults={"place": place, "chance": drawn})
    return True


def label(submission: Submission, outcome: str, reasons: Sequence[str]) -> None:
    """Tell the pairs what a person decided: nothing of what any task looks for is in what was approved. In what was
    rejected there is what the reasons' tasks look for, in one part for each that the champion pointed at; where it
    pointed at none, in the part that either head found likeliest. Of everything else nothing is known."""
    if outcome != "reject":
        actions.label(_ids(submission), False)
        return
    for rows in _by_heads(submission, _tasks(reasons)):
        meant = [pair for pair in rows if pair.champion_hit]
        if not meant:
            meant = [max(rows, key=lambda pair: (max(pair.champion_score, pair.challenger_score), pair.id))]
        actions.label([pair.id for pair in meant], True)


def deny(submission: Submission, reasons: Sequence[str]) -> None:
    """A person says that it was not what it was rejected for."""
    for rows in _by_heads(submission, _tasks(reasons)):
        actions.label([pair.id for pair in rows], False)


def unlabel(submission: Submission) -> None:
    """A decision was taken back."""
    actions.label(_ids(submission), None)


def forget(submission: Submission) -> dict[str, int]:
    """Take a submission's pairs away while the links still lead there (in the erasing transaction)."""
    return {"pairs": actions.forget(_ids(submission))}


def device(app_version: str) -> str:
    """ "ios", "android", "web", or "" where the app does not say."""
    return next((DEVICES[word] for word in re.findall("[a-z]+", app_version.lower()) if word in DEVICES), "")


def _pairs(look: SubmissionLook) -> Iterator[tuple[Part, Answer, Answer]]:
    """Each part with its champion's and one challenger's answer, where both have one."""
    spared = _spared(look)
    for part in look.parts:
        by_task: dict[str, list[Answer]] = defaultdict(list)
        for answer in _answers(part):
            if answer.finding.verdict != "error" and answer.finding.detector not in spared:
                by_task[answer.served.task].append(answer)
        for answers in by_task.values():
            champion = next((one for one in answers if one.served.alias == Alias.CHAMPION), None)
            for one in answers:
                if champion is not None and one is not champion:
                    yield part.part, champion, one


def _answers(part: PartLook) -> Iterator[Answer]:
    for made in part.made:
        if made.served:
            yield Answer(made.served, made.finding, made.head_ms)
    for one in part.beside:
        yield Answer(one.served, one.finding, one.ms)


def _spared(look: SubmissionLook) -> set[str]:
    """Detectors that would not have looked, were it not in the audit sample: it was already to be rejected. They are
    passed over, so that the audit sample is one of what heads really see."""
    if not look.submission.audit or look.has_video:
        return set()
    rejecting = {m.finding.detector for part in look.parts for m in part.made if m.finding.verdict == "reject"}
    names = [step.name for step in FLOW]
    first = min((names.index(name) for name in rejecting if name in names), default=len(names))
    return set(names[first + 1 :])


def _matters(found: Sequence[tuple[Part, Answer, Answer]]) -> bool:
    """Did any of these heads find something? Else the rejection was another detector's, and teaches nothing of them."""
    return any(a.hit or b.hit for _, a, b in found)


def _chances(disputed: Sequence[bool]) -> tuple[float, float]:
    """(drawn, if rejected; seen at all) for a submission with these pairs."""
    usual = settings.RECHECK_DISPUTED if any(disputed) else settings.RECHECK_AGREED
    today = datetime.combine(timezone.now().date(), time(), UTC)
    drawn = draw_chance(usual, Recheck.objects.filter(drawn_at__gte=today).count(), settings.RECHECKS_A_DAY)
    return drawn, seen_chance(drawn, settings.AUDIT_SHARE)


def _pair(submission: Submission, a: Answer, b: Answer, stratum: Stratum, chance: float) -> Pair:
    return Pair(
        task=a.served.task,
        day=timezone.now().date(),
        market=submission.market,
        language=submission.language.split("-")[0].lower()[:8],
        device=device(submission.app_version),
        champion_id=a.served.id,
        challenger_id=b.served.id,
        champion_score=a.finding.score,
        challenger_score=b.finding.score,
        champion_hit=a.hit,
        challenger_hit=b.hit,
        champion_ms=a.ms,
        challenger_ms=b.ms,
        stratum=stratum,
        chance=chance,
    )


def _ids(submission: Submission) -> list[UUID]:
    return [id for _, id in pairs_of(list(submission.parts.all()))]


def _tasks(reasons: Sequence[str]) -> set[str]:
    return set(Reason.objects.filter(code__in=reasons).values_list("task", flat=True)) - {""}


def _by_heads(submission: Submission, tasks: set[str]) -> list[list[Pair]]:
    """The submission's pairs of these tasks, those of the same two heads together."""
    groups: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    if tasks:
        for pair in Pair.objects.filter(id__in=_ids(submission), task__in=tasks):
            groups[pair.champion_id, pair.challenger_id].append(pair)
    return list(groups.values())
