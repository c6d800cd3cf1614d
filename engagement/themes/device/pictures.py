"""The pictures that a device's network learns from: a folder with one folder a theme, or shards, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from engagement.themes.finetune.shards import Kept, open_shard, read_index
from engagement.themes.finetune.stream import opened
from engagement.themes.finetune.writing import shrunk
from engagement.themes.train_pictures import LEAST_FIGURES, figure_name


@dataclass(frozen=True)
class Pictures:
    """`theme`, `kind` (which folder) and `figure` of each as whole numbers; `kinds`: the folders' names."""

    kept: Sequence[Kept]
    themes: tuple[str, ...]
    theme: NDArray[np.intp]
    kind: NDArray[np.intp]
    figure: NDArray[np.intp]
    kinds: tuple[str, ...]

    def pixels(self, rows: NDArray[np.intp], side: int) -> NDArray[np.uint8]:
        """(n, side, side, 3), squashed as they are served."""
        size = (side, side)
        return np.stack(
            [
                np.asarray(opened(self.kept[at]).resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))
                for at in rows.tolist()
            ]
        )

    def picture(self, at: int) -> Image.Image:
        return opened(self.kept[at])


def read(roots: Sequence[Path], wanted: Sequence[str] = ()) -> Pictures:
    """Raises ValueError with a sentence: fewer than two themes with pictures of enough figures."""
    found: list[tuple[Kept, int, str]] = []
    for kind, root in enumerate(roots):
        found += _shards(root, kind) if (root / "index.json").is_file() else _folder(root, kind)
    figures: dict[str, set[str]] = {}
    for kept, _, figure in found:
        figures.setdefault(kept.theme, set()).add(figure)
    themes = tuple(sorted(t for t, of in figures.items() if len(of) >= LEAST_FIGURES and (not wanted or t in wanted)))
    if len(themes) < 2:
        raise ValueError(f"At least two themes with pictures of {LEAST_FIGURES} figures (or shards) are needed.")
    rows = [row for row in found if row[0].theme in themes]
    return Pictures(
        [kept._replace(key=f"{number:09d}", soft=()) for number, (kept, _, _) in enumerate(rows)],
        themes,
        np.array([themes.index(kept.theme) for kept, _, _ in rows], np.intp),
        np.array([kind for _, kind, _ in rows], np.intp),
        np.unique([figure for _, _, figure in rows], return_inverse=True)[1],
        tuple(root.name for root in roots),
    )


def _folder(root: Path, kind: int) -> list[tuple[Kept, int, str]]:
    found = []
    for path in sorted(root.glob("*/**/*")):
        if not path.is_file():
            continue
        theme = path.relative_to(root).parts[0]
        try:
            with Image.open(path) as file:
                jpg = shrunk(file)
        except (UnidentifiedImageError, OSError):
            continue
        found.append((Kept("", jpg, theme), kind, f"{kind}/{theme}/{figure_name(path.stem)}"))
    return found


def _shards(root: Path, kind: int) -> list[tuple[Kept, int, str]]:
    """Which pictures are of one figure shards do not say; they lay together, so a shard is never parted."""
    index = read_index(root)
    return [(kept, kind, f"{kind}/{shard.name}") for shard in index.shards for kept in open_shard(root, shard)]
