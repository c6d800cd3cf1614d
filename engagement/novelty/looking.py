"""What of a creation is kept for the search: its vector, and what the classifier said. Some of those that a theme
explains are kept too: they say what all texts say, and how known themes vary inside."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from django.db.models import Q
from django.utils import timezone

from engagement.creations.models import Creation
from engagement.daily.guessing import words_of
from engagement.daily.models import CreationTheme
from engagement.novelty.models import Look
from engagement.novelty.strange import FALSE_ALARMS, threshold
from engagement.themes import classifier
from engagement.themes.sheet import Sheet
from featurestore.encoders import text_encoder

WEEKS = 4
ONE_OF = 8  # of the creations that a theme explains
SIZE = 100


class Eyes(Protocol):
    """Vectors, what they are of, and probabilities: the classifier's own, or a test's."""

    encoder: str
    strange: float  # strangeness above which no theme explains a creation
    sure: float  # probability from which one does

    def see(self, texts: Sequence[str]) -> tuple[np.ndarray, list[dict[str, float]]]: ...


class Classifier:
    """The heads and the encoder of this process. Raises ModelMissing."""

    def __init__(self) -> None:
        self._judge = classifier.classifier()
        self._encode = text_encoder()
        self.encoder = self._encode.version
        sheet = self._judge.text.sheet
        self.sure = sheet.threshold(classifier.RISK)
        self.strange = strange_from(sheet)

    def see(self, texts: Sequence[str]) -> tuple[np.ndarray, list[dict[str, float]]]:
        vectors = self._encode.encode(texts)
        p = self._judge.text.score(texts, vectors)
        return vectors, [dict(zip(self._judge.text.sheet.themes, map(float, row), strict=True)) for row in p]


def strange_from(sheet: Sheet) -> float:
    """The threshold for FALSE_ALARMS: from the strangeness of texts that the head had not seen, when its training left
    it in the sheet; else what it is not sure of at the risk that is accepted."""
    unseen = sheet.metrics.get("strangeness_of_unseen")
    return threshold(np.array(unseen), FALSE_ALARMS) if unseen else 1 - sheet.threshold(classifier.RISK)


def look(eyes: Eyes, now: datetime | None = None, most: int = SIZE) -> int:
    """Look at up to `most` creations of these weeks that were not looked at. Returns how many; 0: all are."""
    now = now or timezone.now()
    since = now - timedelta(weeks=WEEKS)
    Look.objects.filter(made_at__lt=since - timedelta(weeks=1)).delete()
    unsure = Q(slug="") | Q(chance__lte=1 - eyes.strange)
    themes = CreationTheme.objects.filter(creation__published_at__gte=since, creation__look=None)
    # The first hex digit of an id is a draw that is the same each time.
    drawn = Q(creation__id__lt=f"{256 // ONE_OF:02x}000000-0000-0000-0000-000000000000")
    rows = list(themes.filter(unsure | drawn).select_related("creation").order_by("creation__published_at")[:most])
    if not rows:
        return 0
    texts = [words_of(row.creation) for row in rows]
    vectors, scores = eyes.see(texts)
    left = set(Creation.objects.filter(id__in=[row.creation_id for row in rows]).values_list("id", flat=True))
    Look.objects.bulk_create(
        [
            Look(
                creation_id=row.creation_id,
                encoder=eyes.encoder,
                vector=np.asarray(vector, np.float16).tobytes(),
                scores={slug: round(p, 4) for slug, p in said.items() if p >= 0.0005},
                made_at=row.creation.published_at,
            )
            for row, vector, said in zip(rows, vectors, scores, strict=True)
            if row.creation_id in left
        ],
        ignore_conflicts=True,
    )
    return len(rows)
