"""What a child is told. The only door to the texts: a reason code and a language in, kind sentences out."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from moderation.feedback import shipped
from moderation.feedback.additions import which
from moderation.feedback.joining import join
from moderation.feedback.languages import UNSPACED, chain
from moderation.feedback.models import FeedbackText, HelpLine, MarketRule, Policy, Reason
from moderation.feedback.shipped import APPROVED, BETWEEN, GENERAL, Told

# More than two things to change at once is more than a child of eight takes in.
MOST = 2
# Seconds for which a process trusts what it has read. A page shows ten texts and a decision asks three times;
# a text that was changed elsewhere is in force here after that time.
FRESH = 1.0


class Weight(NamedTuple):
    title: str
    severity: int
    alone: bool


@dataclass(frozen=True)
class Texts:
    """Everything that one policy says. `told`: (reason code or occasion, lower-case tag) -> Told."""

    policy: int
    reasons: Mapping[str, Weight]
    told: Mapping[tuple[str, str], Told]
    markets: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (reason code, market) -> severity there
    help: Mapping[str, str] = field(default_factory=dict)  # market -> whom a child there can call, checked ones alone

    def severity(self, code: str, market: str) -> int:
        return self.markets.get((code, market), self.reasons[code].severity)

    def reasons_for(self, codes: Iterable[str], language: str, market: str = "") -> list[dict[str, str]]:
        """[{code, title}] in the order given, each code once; the title in the child's language where there is one."""
        return [
            {"code": code, "title": self._title(code, chain(language, market))}
            for code in dict.fromkeys(map(str, codes))
        ]

    def feedback_for(
        self,
        codes: Iterable[str],
        language: str,
        market: str = "",
        first: str = "",
        pictures: Sequence[int] = (),
    ) -> str:
        """One message, whole in one language. No code: it is published. Unknown codes alone: the general text.

        `first` is told first, whatever its severity (but for one that stands alone); `pictures` are named by number.
        """
        tags = chain(language, market)
        named = list(dict.fromkeys(map(str, codes)))
        known = [code for code in named if code in self.reasons]
        if not known:
            return self._find(GENERAL if named else APPROVED, tags)[1]
        # sorted() is stable: what was named first stays first among equals.
        known.sort(key=lambda code: (code != first, -self.severity(code, market)))
        if alone := [code for code in known if self.reasons[code].alone]:
            known = alone[:1]
        message = ""
        for code in known[:MOST]:
            tag, text = self._find(code, tags)
            between = self.told.get((BETWEEN, tag), Told("", "")).text
            space = "" if tag.partition("-")[0] in UNSPACED else " "
            message = join(message, text, between, space)
        named_pictures = which(tag, pictures)
        message = f"{named_pictures}{space}{message}" if named_pictures else message
        return f"{message}\n{lines}" if alone and (lines := self.help.get(market.upper())) else message

    def told_at(self, occasion: str, language: str, market: str = "") -> str:
        """The text of an occasion that has no reason, in the first language that has one; "" where none has."""
        found = (self.told.get((occasion, tag)) for tag in chain(language, market))
        return next((told.text for told in found if told and told.text), "")

    def _find(self, subject: str, tags: tuple[str, ...]) -> tuple[str, str]:
        """(tag, text). The language is settled before the text: a Danish child rather reads something general in
        Danish than something exact in English, so a language that has neither is the only one passed over."""
        for tag in tags:
            for name in (subject, GENERAL):
                if (told := self.told.get((name, tag))) and told.text:
                    return tag, told.text
        return "", ""

    def _title(self, code: str, tags: tuple[str, ...]) -> str:
        for tag in tags:
            if (told := self.told.get((code, tag))) and told.title:
                return told.title
        if code in self.reasons:
            return self.reasons[code].title
        return self._title("other", tags) if code != "other" else code


_kept: tuple[float, object, Texts] | None = None


def in_force() -> Texts:
    """The texts of the newest policy. At most one small query a second and process; all of it is read only when a new
    policy was written."""
    global _kept
    now = time.monotonic()
    if _kept is not None and now - _kept[0] < FRESH:
        return _kept[2]
    # With the time: a policy that was rolled back and written again has the same number, but not the same texts.
    stamp = Policy.objects.order_by("-version").values_list("version", "since").first()
    texts = _kept[2] if _kept is not None and _kept[1] == stamp else _read(stamp[0] if stamp else 1)
    _kept = (now, stamp, texts)
    return texts


def forget() -> None:
    """Read anew at the next question: call it when the texts were changed in this process."""
    global _kept
    _kept = None


def current_policy() -> int:
    return in_force().policy


def reasons_for(codes: Iterable[str], language: str, market: str = "") -> list[dict[str, str]]:
    """[{"code", "title"}] for the app, titles in the child's language. Never raises for a code or language."""
    return in_force().reasons_for(codes, language, market)


def feedback_for(
    codes: Iterable[str], language: str, market: str = "", first: str = "", pictures: Sequence[int] = ()
) -> str:
    """What the child reads; [] means that it was approved. Never raises for a code or language, never is empty."""
    return in_force().feedback_for(codes, language, market, first, pictures)


def told_at(occasion: str, language: str, market: str = "") -> str:
    """What the child reads at one of `shipped.OCCASIONS`, e.g. when an appeal was right. Never raises."""
    return in_force().told_at(occasion, language, market)


def _read(policy: int) -> Texts:
    """The shipped texts, and over them what the database says: so an emptied database still speaks."""
    reasons = {why.code: Weight(why.title, why.severity, why.alone) for why in shipped.reasons()}
    told = {(subject, language.lower()): text for (subject, language), text in shipped.texts().items()}
    for code, title, severity, alone in Reason.objects.values_list("code", "title", "severity", "alone"):
        reasons[code] = Weight(title, severity, alone)
    rows = FeedbackText.objects.values_list("reason_id", "occasion", "language", "title", "text")
    for reason, occasion, language, title, text in rows:
        told[reason or occasion, language.lower()] = Told(title, text)
    markets = MarketRule.objects.exclude(severity=None).values_list("reason_id", "market", "severity")
    there = {(code, market): severity for code, market, severity in markets if severity is not None}
    lines: dict[str, list[str]] = {}
    for market, name, contact in HelpLine.objects.exclude(checked_on=None).values_list("market", "name", "contact"):
        lines.setdefault(market, []).append(f"{name}: {contact}")
    return Texts(policy, reasons, told, there, {market: "\n".join(some) for market, some in lines.items()})
