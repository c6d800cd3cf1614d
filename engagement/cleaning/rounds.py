"""A round: functions vote, people's answers count, a head learns and says what it doubts."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagement.cleaning.functions import checksum, examples
from engagement.cleaning.models import ThemeAnswer, is_exam
from engagement.creations.models import Creation
from engagement.daily.guessing import words_of
from engagement.themes import measures, sheet
from engagement.themes.classifier import Seen, classifiers, words
from engagement.themes.cleaning import Labels, cleaned, doubtful, first, head, unseen
from engagement.themes.functions import functions
from engagement.themes.lexicon import ThemeWords
from engagement.themes.text_head import Inputs, TextHead, packed
from engagement.themes.voting import votes
from engagement.themes.weak import combined
from featurestore.encoders import text_encoder

DAYS = timedelta(days=90)
MOST = 20_000  # creations of a round, the newest
LEAST = 60
BLOCK = 32

Rows = NDArray[np.intp]


class TooLittle(Exception):
    """Why there can be no round, in a sentence."""


@dataclass(frozen=True)
class Made:
    """`doubts`: (creation, its label, what it likely is), the worst first; the first `wrong` are likely wrong."""

    sheet: sheet.Sheet
    file: bytes
    functions: str
    texts: int
    learned: int
    people: int
    doubts: list[tuple[Creation, str, str]]
    wrong: int


def make(now: datetime) -> Made:
    """From the newest creations. Raises TooLittle, ModelMissing."""
    rows = [one for one in Creation.objects.filter(published_at__gte=now - DAYS)[:MOST] if words_of(one)]
    rows = [one for one in rows if not is_exam(one)]
    if len(rows) < LEAST:
        raise TooLittle(f"There are {len(rows)} creations with words of the last {DAYS.days} days; {LEAST} are wanted.")
    slugs, rules = functions()
    ground = combined(votes(rules, examples(rows)), len(slugs))
    people = _answers(rows, slugs)
    texts = [words_of(one) for one in rows]
    by_slug = {theme.slug: theme for theme in words()}
    inputs = Inputs(texts, _vectors(texts), [by_slug.get(slug, ThemeWords(slug, slug)) for slug in slugs])
    labels = first(ground, people)
    try:
        said = unseen(inputs, labels)
        after = cleaned(ground, said, people)
        fitted = head(inputs, after)
    except ValueError as error:
        raise TooLittle(f"Too few labels are sure: {error}") from error
    sure = after.sure
    of, file = sheet.made(
        "text",
        packed(fitted.table, fitted.weight, fitted.bias),
        name="theme-text",
        version="",
        encoder=text_encoder().version,
        themes=tuple(slugs),
        thresholds=measures.thresholds(said[sure].max(1), said[sure].argmax(1) == after.theme[sure]),
        made_by=f"engagement/cleaning, {now:%Y-%m-%d}",
        data=f"{int(sure.sum())} creations, {int((people >= 0).sum())} of them labelled by people, the others by rules",
        metrics={"n": int(sure.sum())},
        prior=tuple(round(float(n), 5) for n in np.bincount(after.theme[sure], minlength=len(slugs)) / sure.sum()),
    )
    at, likely, wrong = doubtful(_named(labels), said)
    doubts = [(rows[i], slugs[labels.theme[i]], slugs[likely[i]]) for i in at.tolist()]
    return Made(of, file, checksum(rules), len(rows), int(sure.sum()), int((people >= 0).sum()), doubts, wrong)


def sat(made: Made) -> tuple[list[str], Rows, Rows, Rows | None]:
    """(themes, what people say, what the new head says, what the champion says) of the exam's creations, as indices of
    the themes, -1 for none."""
    answers = list(ThemeAnswer.objects.filter(exam=True).select_related("creation"))
    creations = [one.creation for one in answers if words_of(one.creation)]
    truth = [one.slug for one in answers if words_of(one.creation)]
    themes = sorted({*made.sheet.themes, *(slug for slug in truth if slug)})
    number = {slug: n for n, slug in enumerate(themes)}
    kind = classifiers()[0][0]
    new = replace_text(kind, made)
    sight = kind.see([Seen(words_of(one)) for one in creations])
    mine = [one.theme or one.best for one in new.judged(sight)]
    theirs = [one.theme or one.best for one in kind.judged(sight)]
    return themes, *(np.array([number.get(slug, -1) for slug in some], np.intp) for some in (truth, mine, theirs))  # type: ignore[return-value]


def replace_text(kind: Any, made: Made) -> Any:
    """The same classifier with the new text head."""
    of, arrays = sheet.unpacked(json.loads(json.dumps(asdict(made.sheet))), made.file, "the new head")
    return type(kind)(TextHead.of(of, arrays, words()), kind.picture, kind.shape)


def _answers(rows: list[Creation], slugs: list[str]) -> Rows:
    said = dict(ThemeAnswer.objects.filter(exam=False, slug__in=slugs).values_list("creation", "slug").iterator())
    return np.array([slugs.index(said[one.id]) if one.id in said else -1 for one in rows], np.intp)


def _vectors(texts: list[str]) -> NDArray[np.float32]:
    return np.concatenate([text_encoder().encode(texts[at : at + BLOCK]) for at in range(0, len(texts), BLOCK)])


def _named(labels: Labels) -> Labels:
    """Where no function spoke, there is no label to doubt."""
    silent = (labels.chance.sum(1) == 0) & (labels.people < 0)
    return replace(labels, people=np.where(silent, 0, labels.people))
