"""What two heads said of the same part, kept so that people's answers can tell which of them is right more often.

People see everything that is not rejected. Of what is rejected they see the audit sample, and what is drawn here to be
looked at again, with chances that are known and kept with each pair.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

from django.conf import settings
from django.utils import timezone

from brickmod.house.rules import audit_share, rechecks_a_day
from featurestore.compare import actions
from featurestore.compare.models import Pair, Stratum
from moderation.intake.models import Part, Submission
from moderation.prefilter.chances import draw_chance, number, seen_chance
from moderation.prefilter.flow import FLOW
from moderation.prefilter.links import link_pairs
from moderation.prefilter.looking import Beside, SubmissionLook
from moderation.prefilter.models import Recheck

DEVICES = {"ios": "ios", "iphone": "ios", "ipad": "ios", "ipados": "ios"} | {n: n for n in ("android", "web")}


def keep(look: SubmissionLook, rejected: bool) -> bool:
    """Write the pairs of a submission and the links to them (in the caller's transaction), and draw whether a person
    shall look at its rejection again. Returns whether it was drawn."""
    found = list(_compared(look))
    if not found:
        return False
    would_be_rejected = rejected or (look.submission.audit and not look.has_video and bool(look.reject_reasons))
    drawn, seen = _chances([_hit(a) != _hit(b) for _, a, b in found]) if _matters(found) else (0.0, audit_share())
    pairs = []
    for part, champion, challenger in found:
        stratum, chance = Stratum.SEEN, 1.0
        if would_be_rejected:
            chance = seen
            agreed = _hit(champion) == _hit(challenger)
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


def device(app_version: str) -> str:
    """ "ios", "android", "web", or "" where the app does not say."""
    return next((DEVICES[word] for word in re.findall("[a-z]+", app_version.lower()) if word in DEVICES), "")


def _compared(look: SubmissionLook) -> Iterator[tuple[Part, Beside, Beside]]:
    """Each part with what the champion and one challenger said of it."""
    spared = _spared(look)
    for part in look.parts:
        for champion, challenger in part.compared():
            if champion.finding.detector not in spared:
                yield part.part, champion, challenger


def _hit(one: Beside) -> bool:
    return one.finding.score >= one.finding.threshold


def _spared(look: SubmissionLook) -> set[str]:
    """Detectors that would not have looked, were it not in the audit sample: it was already to be rejected. They are
    passed over, so that the audit sample is one of what heads really see."""
    if not look.submission.audit or look.has_video:
        return set()
    rejecting = {m.finding.detector for part in look.parts for m in part.made if m.finding.verdict == "reject"}
    names = [step.name for step in FLOW]
    first = min((names.index(name) for name in rejecting if name in names), default=len(names))
    return set(names[first + 1 :])


def _matters(found: Sequence[tuple[Part, Beside, Beside]]) -> bool:
    """Did any of these heads find something? Else the rejection was another detector's, and teaches nothing of them."""
    return any(_hit(a) or _hit(b) for _, a, b in found)


def _chances(disputed: Sequence[bool]) -> tuple[float, float]:
    """(drawn, if rejected; seen at all) for a submission with these pairs."""
    usual = settings.RECHECK_DISPUTED if any(disputed) else settings.RECHECK_AGREED
    today = datetime.combine(timezone.now().date(), time(), UTC)
    drawn = draw_chance(usual, Recheck.objects.filter(drawn_at__gte=today).count(), rechecks_a_day())
    return drawn, seen_chance(drawn, audit_share())


def _pair(submission: Submission, a: Beside, b: Beside, stratum: Stratum, chance: float) -> Pair:
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
        champion_hit=_hit(a),
        challenger_hit=_hit(b),
        champion_ms=a.ms,
        challenger_ms=b.ms,
        stratum=stratum,
        chance=chance,
    )
