"""What gives a creation its theme: both heads on the shared encoders, fused, answered by the taxonomy of today."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import structlog
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from engagement.themes.actions import shape
from engagement.themes.fusion import Answer, Said, answer, fuse
from engagement.themes.lexicon import ThemeWords
from engagement.themes.mapping import Shape
from engagement.themes.models import Standing, TaxonomyVersion, Theme
from engagement.themes.network_head import KIND, NetworkHead
from engagement.themes.picture_head import PictureHead
from engagement.themes.registered import RISK, TASK, TextVersion, read, take
from engagement.themes.text_head import TextHead
from featurestore.encoders import text_encoder
from featurestore.encoders.base import ModelMissing
from featurestore.heads.models import Alias, HeadVersion
from featurestore.heads.serving import Served, serving

log = structlog.get_logger(__name__)

SHIPPED = Path(__file__).parent / "weights"
SURE = 0.95  # of a text: from here on its picture is not looked at
PictureSide = PictureHead | NetworkHead
ALONE = 3  # a picture head that knows fewer themes would take everything for one of them: it only supports a text


@dataclass(frozen=True)
class Seen:
    """What is known of one creation: its words ("" for none), its picture (None for none)."""

    text: str = ""
    picture: Image.Image | None = None


@dataclass(frozen=True)
class Sight:
    """What was seen of n creations, whichever head then judges it. `there`: rows with words; `vectors` (of those rows,
    dim); `pictures`: what the picture head says, None where nobody asked it."""

    creations: Sequence[Seen]
    there: Sequence[int]
    vectors: NDArray[np.float32]
    pictures: Said | None


class Classifier:
    """Loads nothing but the heads; the encoders are those of the process."""

    def __init__(
        self,
        text: TextHead,
        picture: PictureSide | None,
        shape: Shape,
        risk: float = RISK,
        threshold: float | None = None,
    ) -> None:
        """`threshold`: of texts, in place of the one that keeps the risk."""
        self.text, self.picture, self.shape, self.risk, self.threshold = text, picture, shape, risk, threshold

    def look(self, creations: Sequence[Seen]) -> list[Answer]:
        """An answer for each, in order. One with neither words nor picture gets none."""
        return self.judged(self.see(creations))

    def see(self, creations: Sequence[Seen]) -> Sight:
        """Encodes what is there, but no picture that would change nothing for this classifier."""
        there = [at for at, creation in enumerate(creations) if creation.text.strip()]
        said = [creations[at].text for at in there]
        vectors = text_encoder().encode(said) if said else np.zeros((0, 0), np.float32)
        sight = Sight(creations, there, vectors, None)
        needless = self._needless(self._texts(sight))
        wanted = [None if done else creation.picture for creation, done in zip(creations, needless, strict=True)]
        if self.picture is None or all(picture is None for picture in wanted):
            return sight
        prior = np.array(self.picture.sheet.prior)
        return replace(sight, pictures=Said(self.picture.sheet.themes, prior, self._pictures(wanted)))

    def judged(self, sight: Sight) -> list[Answer]:
        """What this classifier makes of it."""
        creations = sight.creations
        parts = [Said(self.text.sheet.themes, np.array(self.text.sheet.prior), self._texts(sight))]
        themes, p = fuse([*parts, sight.pictures] if sight.pictures else parts)
        out = []
        for creation, row in zip(creations, p, strict=True):
            if np.isnan(row).any():
                out.append(Answer(None, None, "", 0.0, {}))
                continue
            scores = {slug: float(value) for slug, value in zip(themes, row, strict=True) if value}
            out.append(answer(scores, self.shape, self._threshold(creation)))
        return out

    def _needless(self, texts: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,): whether a picture would change nothing. It takes eighty times as long as a text.

        So it is where the words leave no doubt, and where they speak for themes of which the picture head knows none:
        it can only share out anew what the words gave to its own themes together.
        """
        pictured = self.picture.sheet.themes if self.picture is not None else ()
        at = [self.text.sheet.themes.index(name) for name in pictured if name in self.text.sheet.themes]
        movable = texts[:, at].sum(1) if len(at) == len(pictured) else np.ones(len(texts))
        unknown = np.isnan(texts).any(1)
        return ~unknown & ((texts.max(1) >= SURE) | (movable <= 1 - SURE))

    def _threshold(self, creation: Seen) -> float:
        if creation.text.strip():
            return self.text.sheet.threshold(self.risk) if self.threshold is None else self.threshold
        known = self.picture.sheet if self.picture is not None else None
        return known.threshold(self.risk) if known and len(known.themes) >= ALONE else 1.1

    def _texts(self, sight: Sight) -> NDArray[np.float64]:
        p = np.full((len(sight.creations), len(self.text.sheet.themes)), np.nan)
        if sight.there:
            p[list(sight.there)] = self.text.score([sight.creations[at].text for at in sight.there], sight.vectors)
        return p

    def _pictures(self, pictures: Sequence[Image.Image | None]) -> NDArray[np.float64]:
        assert self.picture is not None
        p = np.full((len(pictures), len(self.picture.sheet.themes)), np.nan)
        for at, picture in enumerate(pictures):
            if picture is not None:
                p[at] = self.picture.look(picture)
        return p


def folder() -> Path:
    """Where the heads lie: those that were trained here, else those that were shipped."""
    own = Path(settings.THEME_HEADS)
    return own if (own / "text.json").is_file() else SHIPPED


def plant() -> None:
    """Takes the text head of the folder into the registry. One that cannot be read is passed over: it serves nobody."""
    try:
        take(folder())
    except ModelMissing as error:
        log.error("themes.head_not_planted", error=str(error))


def classifier() -> Classifier:
    """The classifier that serves, for the taxonomy as it is now. Raises ModelMissing."""
    return classifiers()[0][0]


def classifiers() -> list[tuple[Classifier, Served | None]]:
    """The champion first, then the challengers beside it. Read anew each time: a promotion is served by whoever asks
    next. Without a champion that can be read the folder's head serves (None)."""
    newest = TaxonomyVersion.objects.values_list("number", flat=True).first() or 0
    served = serving(TASK).get(TASK, ())
    found: list[tuple[Classifier, Served | None]] = [(_of(os.getpid(), newest, folder(), one), one) for one in served]
    if not served or served[0].alias != Alias.CHAMPION:
        found.insert(0, (_loaded(os.getpid(), newest, folder()), None))
    return found


def of_version(version: str) -> "Classifier | None":
    """The classifier with a text head of the registry, whether it serves or not. None: there is no such version.
    Raises ModelMissing: its file is not what its sheet says."""
    row = HeadVersion.objects.filter(task=TASK, version=version).first()
    if row is None:
        return None
    held = read(row)
    return Classifier(TextHead.of(held.of, held.arrays, words()), picture_side(folder()), shape())


@cache
def _loaded(pid: int, version: int, where: Path) -> Classifier:
    return load(where, words(), shape())


_made: dict[tuple[int, int, Path, int, float], Classifier] = {}


def _of(pid: int, version: int, where: Path, one: Served) -> Classifier:
    key = (pid, version, where, one.id, one.threshold)
    if key not in _made:
        held: TextVersion = one.head  # type: ignore[assignment]  # what settings.HEAD_READERS makes of a row
        text = TextHead.of(held.of, held.arrays, words())
        own = one.threshold if one.threshold != held.sheet.threshold else None
        _made[key] = Classifier(text, _loaded(pid, version, where).picture, shape(), threshold=own)
    return _made[key]


def load(where: Path, words: Sequence[ThemeWords], now: Shape) -> Classifier:
    """From a folder with text.* and perhaps image.* or network.*. Raises ModelMissing: a file is not what its sheet
    says."""
    picture = picture_side(where)
    text = TextHead(where, text_encoder().version, words) if (where / "text.json").is_file() else None
    if text is None:
        raise ModelMissing(f"There is no text head in {where}. `python -m engagement.themes.train_texts` makes one.")
    return Classifier(text, picture, now)


def picture_side(where: Path) -> PictureSide | None:
    """A network that was trained end to end comes before a head on the encoder."""
    if (where / f"{KIND}.json").is_file():
        return NetworkHead(where)
    return PictureHead.beside_its_encoder(where) if (where / "image.json").is_file() else None


def words() -> list[ThemeWords]:
    """The words of the taxonomy as people edited them."""
    rows = Theme.objects.exclude(standing=Standing.MERGED)
    return [
        ThemeWords(
            slug=theme.slug,
            name=theme.name,
            aliases=tuple(theme.aliases),
            hashtags=tuple(theme.hashtags),
            known=tuple(theme.known),
            keywords={language: tuple(some) for language, some in theme.keywords.items()},
        )
        for theme in rows
    ]
