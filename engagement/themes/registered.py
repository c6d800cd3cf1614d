"""Text heads of the themes as versions of the heads' registry: who serves is decided there, as for detectors.

A row keeps the .npz as its file, and the theme sheet inside its own sheet's metrics. The picture head, which only
supports a text, is no version: it lies in the folder.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engagement.themes.sheet import Arrays, Sheet, opened, unpacked
from featurestore.encoders import text_encoder
from featurestore.heads.head import HeadSheet
from featurestore.heads.models import HeadVersion
from featurestore.heads.registering import take_in

TASK = "theme"
VIEW = "text"
RISK = 0.05  # share of answers that may be wrong


@dataclass(frozen=True)
class TextVersion:
    """What `serving("theme")` gives as a head."""

    sheet: HeadSheet
    of: Sheet
    arrays: Arrays


def read(row: HeadVersion) -> TextVersion:
    """The head of a row, checked. Raises ModelMissing, or KeyError for a row of another kind."""
    sheet = replace(HeadSheet(**row.sheet), version=row.version)
    name = f"The file of theme {row.version}"
    of, arrays = unpacked(sheet.metrics["theme"], bytes(row.onnx), name, text_encoder().version)
    return TextVersion(sheet, replace(of, version=row.version), arrays)


def head_sheet(sheet: Sheet) -> HeadSheet:
    """As the registry keeps it. Its threshold is the one of RISK."""
    return HeadSheet(
        task=TASK,
        version="",
        encoder=sheet.encoder,
        dim=0,
        threshold=sheet.threshold(RISK),
        sha256=sheet.sha256,
        made_by=sheet.made_by,
        data=sheet.data,
        metrics={"theme": _plain(asdict(sheet))},
        view=VIEW,
    )


def take(folder: Path) -> HeadVersion:
    """The text head that lies in a folder, as a version: champion if there is none. Again it is found again.
    Raises ModelMissing."""
    sheet, file = opened(folder, "text", ".npz")
    return take_in(head_sheet(sheet), file)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """JSON's own types."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
