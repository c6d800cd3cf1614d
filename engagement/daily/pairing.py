"""What champion and challenger said of a creation's theme, as a question with yes or no, and what people answered.

The statistics that compare heads know finds. The question here is "does it bear this theme?", about the theme that both
gave. Where they gave different ones, a coin that the creation's number tosses says about whose it is asked, before
anybody knows the answer: one pair a creation, and neither head is favoured when both are wrong.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from engagement.characters.models import Draft, DraftState
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, ThemeCorrection, ThemePair
from engagement.themes.fusion import Answer
from engagement.themes.models import Theme
from engagement.themes.registered import TASK
from featurestore.compare import actions
from featurestore.compare.models import Pair, Stratum
from featurestore.heads.serving import Served

NOTHING = "-"  # told: people say that it has no theme
KEPT = timedelta(days=35)  # after which nobody corrects a theme any more
_AT_ONCE = 500

Row = tuple[Creation, Answer, Answer]


def question(creation: UUID, champion: str, challenger: str) -> str:
    """The theme that is asked about; "" when neither gave one. Slugs, "" for none."""
    if not champion or not challenger or champion == challenger:
        return champion or challenger
    return (champion, challenger)[creation.int & 1]


def pair(rows: Sequence[Row], champion: Served, challenger: Served, ms: tuple[float, float]) -> int:
    """Keep what both said (in the caller's transaction). Returns how many pairs."""
    links, pairs = [], []
    for creation, a, b in rows:
        asked = question(creation.id, a.theme or "", b.theme or "")
        if not asked:
            continue
        id = uuid4()
        links.append(ThemePair(creation=creation, pair=id, asked=asked))
        pairs.append(
            Pair(
                id=id,
                task=TASK,
                day=timezone.now().date(),
                market=creation.market,
                language=creation.language.split("-")[0].lower()[:8],
                champion_id=champion.id,
                challenger_id=challenger.id,
                champion_score=a.scores.get(asked, 0.0),
                challenger_score=b.scores.get(asked, 0.0),
                champion_hit=a.theme == asked,
                challenger_hit=b.theme == asked,
                champion_ms=ms[0],
                challenger_ms=ms[1],
                stratum=Stratum.SEEN,
                chance=1.0,
            )
        )
    actions.keep(pairs)
    ThemePair.objects.bulk_create(links)
    return len(pairs)


def tell(now: datetime) -> int:
    """Tell pairs what people said: a correction, else, where a draft was approved beside its theme, that it was right.
    Returns how many heard something new. Links that are KEPT old go."""
    ThemePair.objects.filter(at__lt=now - KEPT).delete()
    told = 0
    links = list(ThemePair.objects.order_by("id").values_list("id", "pair", "asked", "told", "creation_id"))
    for at in range(0, len(links), _AT_ONCE):
        some = links[at : at + _AT_ONCE]
        truth = _said({creation for *_, creation in some})
        for id, pair_id, asked, before, creation in some:
            says = truth.get(creation, "")
            if says and says != before:
                told += actions.label([pair_id], says == asked)
                ThemePair.objects.filter(id=id).update(told=says)
    return told


def _said(creations: set[UUID]) -> dict[UUID, str]:
    """creation -> the theme that people say it has, NOTHING for none; without those of which nobody spoke."""
    approved = Draft.objects.filter(creation__in=creations, state=DraftState.APPROVED).values_list(
        "creation", flat=True
    )
    # Beside no theme, or a group of them, an approved draft says nothing of the theme.
    live = list(Theme.objects.live().values_list("slug", flat=True))
    themes = CreationTheme.objects.filter(creation__in=set(approved), slug__in=live)
    said = dict(themes.values_list("creation", "slug"))
    corrections = ThemeCorrection.objects.filter(creation__in=creations).values_list("creation", "said")
    return said | {creation: slug or NOTHING for creation, slug in corrections}
