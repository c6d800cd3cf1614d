"""A data set as a notebook wants it: with conversions, and a line that says what it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    from torch.utils.data import TensorDataset

    from featurestore.store.base import Dataset


@dataclass(frozen=True, repr=False)
class Data:
    """`x`, `y`, `weight`, `source`, `day`, `chance` … are those of the store's Dataset, which is `of`."""

    of: "Dataset"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "of":
            raise AttributeError(name)
        return getattr(self.of, name)

    def __len__(self) -> int:
        return len(self.of)

    def __repr__(self) -> str:
        values, counts = np.unique(self.of.y, return_counts=True)
        found = ", ".join(f"{count} {value}" for value, count in zip(values, counts, strict=True)) or "nothing"
        bridged = f", {int(self.of.bridged.sum())} of them bridged" if self.of.bridged is not None else ""
        split = f", {self.of.split}" if self.of.split else ""
        return f"<{self.of.task}{split}: {found}{bridged}; {self.of.encoder}, {self.of.label_view}>"

    def codes(self) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """(int64 (n,), names): `y` as places in the sorted names."""
        names, codes = np.unique(self.of.y, return_inverse=True)
        return codes.astype(np.int64), tuple(map(str, names))

    def frame(self, vectors: bool = False) -> "pd.DataFrame":
        """A row a feature; with `vectors` the columns x0, x1, … too, which takes as much memory again."""
        import pandas as pd

        of = self.of
        frame = pd.DataFrame({"y": of.y, "weight": of.weight, "source": of.source, "day": of.day}, index=of.ids)
        if of.bridged is not None:
            frame["bridged"] = of.bridged
        if vectors:
            frame = frame.join(pd.DataFrame(of.x, index=frame.index).add_prefix("x"))
        return frame

    def torch(self) -> "TensorDataset":
        """(x float32, y int64 as in `codes`, weight float32); x shares its memory with `x`."""
        import torch
        from torch.utils.data import TensorDataset

        x = torch.from_numpy(np.ascontiguousarray(self.of.x, np.float32))
        return TensorDataset(x, torch.from_numpy(self.codes()[0]), torch.from_numpy(self.of.weight))
