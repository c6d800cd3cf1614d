"""Which files make up the sealed segments. One small JSON file, replaced as a whole, is the only thing that changes."""

import json
from dataclasses import asdict, dataclass, field

from featurestore.store.base import Damaged

NAME = "manifest.json"
BLOCK = 4096  # rows under one checksum


@dataclass(frozen=True)
class Segment:
    """`rows` vectors of one encoder version in `vectors` (a .npy file), and what is known of them in `catalogue`
    (Parquet, the same order). `checks`: of each BLOCK rows (checksum.py)."""

    encoder: str
    dim: int
    rows: int
    vectors: str
    checks: list[int]
    catalogue: str
    catalogue_sha256: str

    @property
    def files(self) -> set[str]:
        return {self.vectors, self.catalogue}


@dataclass(frozen=True)
class Labels:
    """Evidence about sealed features: a Parquet file, sorted by task, key, age. "" when there is none."""

    file: str = ""
    sha256: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Manifest:
    """`mark`: the last label of the database that could be in `labels`; younger ones are only in the database."""

    mark: int = 0
    segments: list[Segment] = field(default_factory=list)
    labels: Labels = Labels()

    @property
    def files(self) -> set[str]:
        return set().union(*(segment.files for segment in self.segments), {self.labels.file} - {""})

    def dump(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def load(cls, raw: bytes) -> "Manifest":
        try:
            made = json.loads(raw)
            segments = [Segment(**segment) for segment in made["segments"]]
            return cls(made["mark"], segments, Labels(**made["labels"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"{NAME} of the segments cannot be read ({error}). {MEND}") from None


MEND = "`manage.py compact_features --rebuild` writes all segments anew from the database."
