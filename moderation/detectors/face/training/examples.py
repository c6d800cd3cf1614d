"""Examples for the second look: crops of faces, of what CenterFace takes for one, and of neither."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from moderation.detectors.face.centerface import Candidate, CenterFace
from moderation.detectors.face.crops import crop
from moderation.detectors.face.training.augment import varied

SEEN = 0.3  # what the detector looks at twice
HARD = 0.12  # what it nearly looks at: hard negatives


@dataclass(frozen=True)
class Example:
    """A crop, whether it is a face, the picture it is of (never split between folds), and whether it is unchanged."""

    crop: Image.Image
    is_face: bool
    source: str
    plain: bool


def pictures(folders: Sequence[Path]) -> Iterator[tuple[str, Image.Image]]:
    """All pictures below the folders, in the order of their names."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                try:
                    with Image.open(path) as file:
                        yield str(path.relative_to(folder.parent)), file.convert("RGB")
                except UnidentifiedImageError:
                    continue


def textures(folders: Sequence[Path], n: int, rng: np.random.Generator) -> list[Image.Image]:
    """Squares cut at random from pictures without people: bricks, tables, cloth, walls."""
    out = []
    for _, picture in pictures(folders):
        for _ in range(2):
            side = int(rng.uniform(0.1, 0.4) * min(picture.size))
            left, top = int(rng.integers(picture.width - side + 1)), int(rng.integers(picture.height - side + 1))
            if side:
                out.append(picture.crop((left, top, left + side, top + side)).resize((64, 64)))
    return [out[i] for i in rng.permutation(len(out))[:n]]


class Cutter:
    """Cuts examples out of pictures. The same seed cuts the same."""

    def __init__(self, finder: CenterFace, covers: Sequence[Image.Image], rng: np.random.Generator) -> None:
        self._finder, self._covers, self._rng = finder, covers, rng

    def of_people(self, folders: Sequence[Path], copies: int) -> Iterator[Example]:
        """Photos on which everything that CenterFace finds is a face, and the rest is not."""
        for source, picture in pictures(folders):
            found = self._finder.find(picture, HARD)
            faces = [c for c in found if c.score >= SEEN]
            for face in faces:
                yield Example(crop(picture, face), True, source, True)
                for _ in range(copies):
                    yield self._varied(picture, face, True, source)
            for other in [c for c in found if c.score < SEEN] + _elsewhere(picture, faces, 6, self._rng):
                yield self._varied(picture, other, False, source)

    def of_figures(self, folders: Sequence[Path], copies: int) -> Iterator[Example]:
        """Photos without any person: whatever CenterFace finds is a figure, or nothing."""
        for source, picture in pictures(folders):
            for candidate in self._finder.find(picture, HARD)[:4]:
                if candidate.score >= SEEN:
                    yield Example(crop(picture, candidate), False, source, True)
                for _ in range(copies if candidate.score >= SEEN else 1 + copies // 2):
                    yield self._varied(picture, candidate, False, source)
            for other in _elsewhere(picture, [], 2, self._rng):
                yield self._varied(picture, other, False, source)

    def _varied(self, picture: Image.Image, place: Candidate, is_face: bool, source: str) -> Example:
        return Example(varied(picture, place, self._rng, self._covers), is_face, source, False)


def _elsewhere(picture: Image.Image, faces: Sequence[Candidate], n: int, rng: np.random.Generator) -> list[Candidate]:
    """Up to n random boxes that share nothing with a face's crop."""
    out = []
    for _ in range(4 * n):
        side = float(rng.uniform(0.06, 0.4)) * min(picture.size)
        left, top = rng.uniform(0, picture.width - side), rng.uniform(0, picture.height - side)
        box = Candidate(float(left), float(top), float(left) + side, float(top) + side, 0.0)
        if all(
            box.right + 0.3 * side < f.left
            or box.left - 0.3 * side > f.right
            or box.bottom + 0.3 * side < f.top
            or box.top - 0.3 * side > f.bottom
            for f in faces
        ):
            out.append(box)
        if len(out) == n:
            break
    return out
