"""What gives a creation its theme: both heads on the shared encoders, fused, answered by the taxonomy of today."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
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
from engagement.themes.text_head import TextHead
from featurestore.encoders import image_encoder, text_encoder
from featurestore.encoders.base import ModelMissing

SHIPPED = Path(__file__).parent / "weights"
RISK = 0.05  # share of answers that may be wrong
SURE = 0.95  # of a text: from here on its picture is not looked at
PictureSide = PictureHead | NetworkHead
ALONE = 3  # a picture head that knows fewer themes would take everything for one of them: it only supports a text


@dataclass(frozen=True)
class Seen:
    """What is known of one creation: its words ("" for none), its picture (None for none)."""

    text: str = ""
    picture: Image.Image | None = None


class Classifier:
    """Loads nothing but the heads; the encoders are those of the process."""

    def __init__(self, text: TextHead, picture: PictureSide | None, shape: Shape, risk: float = RISK) -> None:
        self.text, self.picture, self.shape, self.risk = text, picture, shape, risk

    def look(self, creations: Sequence[Seen]) -> list[Answer]:
        """An answer for each, in order. One with neither words nor picture gets none."""
        texts = self._texts([creation.text for creation in creations])
        parts = [Said(self.text.sheet.themes, np.array(self.text.sheet.prior), texts)]
        # A picture takes twenty times as long as a text. Where the words leave no doubt it would change nothing.
        sure = np.nan_to_num(texts.max(1)) >= SURE
        wanted = [None if done else creation.picture for creation, done in zip(creations, sure, strict=True)]
        if self.picture is not None and any(picture is not None for picture in wanted):
            pictures = self._pictures(wanted)
            parts.append(Said(self.picture.sheet.themes, np.array(self.picture.sheet.prior), pictures))
        themes, p = fuse(parts)
        out = []
        for creation, row in zip(creations, p, strict=True):
            if np.isnan(row).any():
                out.append(Answer(None, None, "", 0.0, {}))
                continue
            scores = {slug: float(value) for slug, value in zip(themes, row, strict=True) if value}
            out.append(answer(scores, self.shape, self._threshold(creation)))
        return out

    def _threshold(self, creation: Seen) -> float:
        if creation.text.strip():
            return self.text.sheet.threshold(self.risk)
        known = self.picture.sheet if self.picture is not None else None
        return known.threshold(self.risk) if known and len(known.themes) >= ALONE else 1.1

    def _texts(self, texts: Sequence[str]) -> NDArray[np.float64]:
        p = np.full((len(texts), len(self.text.sheet.themes)), np.nan)
        there = [at for at, text in enumerate(texts) if text.strip()]
        if there:
            said = [texts[at] for at in there]
            p[there] = self.text.score(said, text_encoder().encode(said))
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


def classifier() -> Classifier:
    """The classifier of this process, for the taxonomy as it is now. Raises ModelMissing."""
    newest = TaxonomyVersion.objects.values_list("number", flat=True).first() or 0
    return _loaded(os.getpid(), newest, folder())


@cache
def _loaded(pid: int, version: int, where: Path) -> Classifier:
    return load(where, words(), shape())


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
    return PictureHead(where, image_encoder().version) if (where / "image.json").is_file() else None


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
