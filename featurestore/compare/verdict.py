"""One plain sentence for whoever decides, from the numbers and from nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from featurestore.compare.eprocess import Path
from featurestore.compare.estimate import Estimate
from featurestore.compare.measures import Measured
from featurestore.compare.needed import Needed
from featurestore.compare.noninferiority import NonInferiority
from featurestore.compare.slices import Slice, Standing

FEW = 3  # slices that are named; of the others only the number is said


class Word(StrEnum):
    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    CHANGED = "changed"  # enough evidence for each in turn: what they see has changed
    TOO_EARLY = "too early"


@dataclass(frozen=True)
class Verdict:
    """`headline` in bold, `sentences` after it. `slices_worse`: guardrails that speak against promoting."""

    word: Word
    headline: str
    sentences: list[str]
    slices_worse: list[str]

    @property
    def text(self) -> str:
        return " ".join([self.headline, *self.sentences])


def decide(evidence: Path, margin: NonInferiority) -> Word:
    """What is known. Evidence that was once enough stays so: that is what Ville's inequality allows."""
    if evidence.a_since is not None and evidence.b_since is not None:
        return Word.CHANGED
    if evidence.b_since is not None:
        return Word.BETTER
    if evidence.a_since is not None:
        return Word.WORSE
    return Word.NOT_WORSE if margin.shown else Word.TOO_EARLY


def verdict(
    evidence: Path,
    margin: NonInferiority,
    measured: dict[str, Measured],
    slices: list[Slice],
    needed: Needed | None,
    blind: int,
    leaning: bool = False,
    names: tuple[str, str] = ("the champion", "the challenger"),
    finds: str = "finds",
) -> Verdict:
    """`finds`: what the task looks for, in the plural. `blind`: uploads of a kind that nobody saw one of.
    `leaning`: from weighting.py."""
    a, b = names
    word = decide(evidence, margin)
    per = 1000 * margin.margin
    headline = {
        Word.BETTER: f"{_first(b)} is better, and we can be sure.",
        Word.WORSE: f"{_first(b)} is worse, and we can be sure.",
        Word.NOT_WORSE: f"{_first(b)} is not worse: at most {per:.3g} more mistakes in 1,000 uploads. "
        "Whether it is better is not known yet.",
        Word.CHANGED: f"{_first(b)} was better at one time and {a} at another: what they see has changed. "
        "Look at the evidence by day before you decide.",
        Word.TOO_EARLY: f"It is too early to tell whether {b} is better than {a}.",
    }[word]
    sentences = [_found(measured["found"].difference, measured["rejected_good"].difference, finds)]
    euros = measured["euros"].difference
    if euros.sign:
        more = "more" if euros.sign > 0 else "less"
        sentences.append(f"It costs {abs(euros.value):,.2f} euros {more} per 1,000 uploads {_between(euros, True)}.")
    worse = [_name(one) for one in slices if one.standing == Standing.WORSE]
    if worse:
        sentences.append(f"It is worse for {_listed(worse)}: look there before you promote it.")
    if word in (Word.BETTER, Word.NOT_WORSE):
        sentences += _small(slices)
    if word == Word.TOO_EARLY:
        sentences.append(_wait(needed))
    if leaning:
        sentences.append("Labels of one kind of disagreement come in late: the evidence leans until they are there.")
    if blind:
        sentences.append(f"Of {blind:,} uploads we can say nothing: nobody saw even one of their kind.")
    return Verdict(word, headline, sentences, worse)


def _found(found: Estimate, good: Estimate, finds: str) -> str:
    if not (found.known and good.known):
        return "Nothing can be estimated from these labels yet."
    return f"In every 1,000 uploads it catches {_more(found, finds)}, and rejects {_more(good, 'good creations')}."


def _more(change: Estimate, what: str) -> str:
    word = "more" if change.value >= 0 else "fewer"
    if change.sign == 0:
        return f"about as many {what} ({_signed(change.low)} to {_signed(change.high)})"
    return f"{_figure(abs(change.value))} {word} {what} {_between(change)}"


def _between(change: Estimate, money: bool = False) -> str:
    """The sign is said in words before it, so both ends are without one (they have the same sign)."""
    low, high = sorted((abs(change.low), abs(change.high)))
    return f"(between {low:,.2f} and {high:,.2f})" if money else f"(between {_figure(low)} and {_figure(high)})"


def _small(slices: list[Slice]) -> list[str]:
    few = sorted((one for one in slices if one.standing == Standing.TOO_FEW), key=lambda one: one.more)
    if not few:
        return []
    if len(few) == 1:
        return [f"{_name(few[0])} is too small to tell yet: about {few[0].more:,} more labels there would settle it."]
    said = _listed([f"{_name(one)} (about {one.more:,} more labels)" for one in few[:FEW]])
    others = f", and {len(few) - FEW} others" if len(few) > FEW else ""
    return [f"Too small to tell yet: {said}{others}."]


def _wait(needed: Needed | None) -> str:
    if needed is None:
        return "So far they are so alike that no number of labels can be foreseen that would settle it."
    if needed.days > 365:
        return f"If it goes on like this, more than a year would show that it is {needed.what}."
    more = f"about {needed.labels:,} more labels ({needed.days:,} more days)"
    return f"If it goes on like this, {more} would show that it is {needed.what}."


def _name(one: Slice) -> str:
    return one.name


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _figure(value: float) -> str:
    return f"{value:.1f}" if value >= 0.95 else f"{value:.2g}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{_figure(abs(value))}"


def _first(name: str) -> str:
    return name[:1].upper() + name[1:]
