"""What of a creation is kept for the search: its vector, and what the classifier said. Some of those that a theme
explains are kept too: they say what all creations are like, and how known themes vary inside.

A creation with words is looked at by its words, one without by its picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Protocol

import numpy as np
from django.db.models import Q
from django.utils import timezone
from numpy.typing import NDArray
from PIL import Image

from engagement.creations.models import Creation
from engagement.creations.pictures import picture_of
from engagement.daily.guessing import words_of
from engagement.daily.models import CreationTheme
from engagement.novelty.models import Look
from engagement.novelty.strange import FALSE_ALARMS, threshold
from engagement.themes import classifier
from engagement.themes.classifier import PictureSide
from engagement.themes.ground import SURE, Ground
from engagement.themes.sheet import Sheet
from engagement.themes.text_head import TextHead
from featurestore.encoders import image_encoder, text_encoder

WEEKS = 4
ONE_OF = 8  # of the creations that a theme explains
SIZE = 100
TEXT, IMAGE = "text", "image"

Vector = NDArray[np.floating]
Look_ = tuple[Vector, Mapping[str, float]]


@dataclass(frozen=True)
class Kind:
    """What creations are looked at by. `sure`: the probability from which a theme explains one; `strange`: the
    strangeness above which none does. `ground`: what distances are taken from."""

    view: str
    encoder: str
    sure: float
    strange: float
    ground: Ground | None = None


class Eyes(Protocol):
    """The classifier's heads and the shared encoders, or a test's."""

    kinds: Sequence[Kind]

    def see(self, view: str, creations: Sequence[Creation]) -> list[Look_ | None]:
        """For each its vector and slug -> probability; None where there is nothing to see any more."""
        ...


class Classifier:
    """Raises ModelMissing."""

    def __init__(self) -> None:
        self._judge = classifier.classifier()
        self.kinds: Sequence[Kind] = [_kind(TEXT, text_encoder().version, self._judge.text)]
        # A picture head that knows fewer would take everything for one of its themes.
        if self._judge.picture and len(self._judge.picture.sheet.themes) >= classifier.ALONE:
            self.kinds = [*self.kinds, _kind(IMAGE, image_encoder().version, self._judge.picture)]

    def see(self, view: str, creations: Sequence[Creation]) -> list[Look_ | None]:
        if view == TEXT:
            head = self._judge.text
            texts = [words_of(creation) for creation in creations]
            vectors = text_encoder().encode(texts)
            p = head.score(texts, vectors)
            return [(v, _scores(head.sheet, row)) for v, row in zip(vectors, p, strict=True)]
        return [self._picture(creation) for creation in creations]

    def _picture(self, creation: Creation) -> Look_ | None:
        head, data = self._judge.picture, picture_of(creation)
        if head is None or data is None:
            return None
        try:
            picture = Image.open(BytesIO(data)).convert("RGB")
        except OSError:
            return None
        # The head may look with an encoder of its own; what clusters are found in is the encoder that all share.
        return image_encoder().encode([picture])[0], _scores(head.sheet, head.look(picture))


def look(eyes: Eyes, now: datetime | None = None, most: int = SIZE) -> int:
    """Look at up to `most` creations of these weeks that were not looked at. Returns how many; 0: all are."""
    now = now or timezone.now()
    since = now - timedelta(weeks=WEEKS)
    Look.objects.filter(made_at__lt=since - timedelta(weeks=1)).delete()
    # By distance something may be strange of which a head is fairly sure.
    sure = (SURE if kind.ground else 1 - kind.strange for kind in eyes.kinds)
    unsure = Q(slug="") | Q(chance__lte=max(sure))
    if any(kind.view == IMAGE and kind.ground for kind in eyes.kinds):
        unsure |= Q(creation__title="", creation__text="")  # a picture alone: a head of few themes is always sure
    themes = CreationTheme.objects.filter(creation__published_at__gte=since, creation__look=None)
    # The first digits of an id are a draw that is the same each time.
    drawn = Q(creation__id__lt=f"{256 // ONE_OF:02x}000000-0000-0000-0000-000000000000")
    themes = themes.filter(unsure | drawn).select_related("creation__submission")
    rows = [row.creation for row in themes.order_by("creation__published_at")[:most]]
    looks = [look for view in (TEXT, IMAGE) for look in _looks(eyes, view, rows)]
    left = set(Creation.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    Look.objects.bulk_create([look for look in looks if look.creation_id in left], ignore_conflicts=True)
    return len(rows)


def _looks(eyes: Eyes, view: str, rows: Sequence[Creation]) -> list[Look]:
    mine = [row for row in rows if bool(words_of(row)) == (view == TEXT)]
    kind = next((kind for kind in eyes.kinds if kind.view == view), None)
    saw: Sequence[Look_ | None] = eyes.see(view, mine) if kind and mine else [None] * len(mine)
    # What cannot be seen is noted too, or it would be tried for ever.
    return [_look(row, view, kind.encoder if kind and one else "", one) for row, one in zip(mine, saw, strict=True)]


def _look(creation: Creation, view: str, encoder: str, saw: Look_ | None) -> Look:
    vector, scores = saw or (np.zeros(0), {})
    return Look(
        creation=creation,
        view=view,
        encoder=encoder,
        vector=np.asarray(vector, np.float16).tobytes(),
        scores={slug: round(p, 4) for slug, p in scores.items() if p >= 0.0005},
        made_at=creation.published_at,
    )


def _scores(sheet: Sheet, p: NDArray[np.floating]) -> dict[str, float]:
    return dict(zip(sheet.themes, map(float, p), strict=True))


def _kind(view: str, encoder: str, head: TextHead | PictureSide) -> Kind:
    sheet = head.sheet
    ground = head.ground if sheet.metrics.get("ground") == encoder else None
    return Kind(view, encoder, sheet.threshold(classifier.RISK), strange_from(sheet), ground)


def strange_from(sheet: Sheet) -> float:
    """The threshold for FALSE_ALARMS: from the strangeness of what the head had not seen, when its training left it in
    the sheet; else what it is not sure of at the risk that is accepted."""
    unseen = sheet.metrics.get("strangeness_of_unseen")
    return threshold(np.array(unseen), FALSE_ALARMS) if unseen else 1 - sheet.threshold(classifier.RISK)
