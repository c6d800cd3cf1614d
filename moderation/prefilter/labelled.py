"""Labelled pictures and texts from outside, opened and encoded as production does it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders import image_encoder, text_encoder
from featurestore.imports import cvat, label_studio
from featurestore.imports.base import BadExport, Pictures, Row
from featurestore.models import View
from moderation.detectors.base import Detector, Picture, Text
from moderation.prefilter import evaluation
from moderation.prefilter.data_options import items_of
from moderation.prefilter.evaluation import CannotEvaluate, Opener
from moderation.prefilter.learned import NO, YES

LONGEST_VALUE = 40
Vector = tuple[str, str, NDArray[np.float32]]  # encoder version, view, vector (dim,)


@dataclass(frozen=True)
class Labelled:
    """One thing with the value that it was given; it is opened only when its turn comes."""

    name: str
    value: str
    open: Opener


def labelled(options: dict[str, Any]) -> tuple[list[Labelled], list[str]]:
    """What the options name, and why some of it has no label. Raises CannotEvaluate."""
    sources = [name for name in ("csv", "images", "spans", "label_studio", "cvat") if options.get(name)]
    if len(sources) > 1:
        raise CannotEvaluate(f"Give one source of labels, not {' and '.join(sources)}.")
    source = sources[0] if sources else "folders"
    if source == "images":
        return _themes(options["images"]), []
    if source == "spans":
        return _spans(options["spans"], options["language"]), []
    if source == "csv" and options["text"] and options["label"] and not options["positive"]:
        items = evaluation.of_csv_values(options["csv"], options["text"], options["label"], options["language"])
        return _checked([Labelled(*item) for item in items])
    if source in ("label_studio", "cvat"):
        return _export(source, options)
    return [Labelled(item.name, YES if item.positive else NO, item.open) for item in items_of(options)], []


def _themes(folder: Path) -> list[Labelled]:
    """One folder a value."""
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not folders:
        raise CannotEvaluate(f"{folder} has no folders: one for each label is wanted.")
    return [Labelled(i.name, path.name, i.open) for path in folders for i in evaluation.of_folders([path], [])]


def _spans(path: Path, language: str) -> list[Labelled]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [
            Labelled(
                f"{path.name}#{n}", YES if row["spans"] else NO, evaluation.text_opener(row["full_text"], language)
            )
            for n, row in enumerate(rows)
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotEvaluate(f"{path} is no list of texts with spans: {error}.") from error


def _export(source: str, options: dict[str, Any]) -> tuple[list[Labelled], list[str]]:
    try:
        if source == "cvat":
            rows = list(cvat.rows(options["cvat"]))
        else:
            rows = list(label_studio.rows(options["label_studio"], options["text"] or "", options["label"] or ""))
    except BadExport as error:
        raise CannotEvaluate(str(error)) from error
    media: Path | None = options["media"]
    if any(row.file for row in rows) and not (media and media.is_dir()):
        raise CannotEvaluate("Name the folder with the exported pictures: --media DIR. Nothing is fetched.")
    pictures = Pictures(media) if media else None
    wanted = {value.strip() for value in ",".join(options["positive"]).split(",")} - {""}
    found, left_out = [], []
    for row in rows:
        value, why = _value(row, wanted)
        opener = None if why else _opener(row, pictures, options["language"])
        if value is None or opener is None:
            left_out.append(f"{row.name}: {why or f'no picture {row.file} below --media'}")
        else:
            found.append(Labelled(row.name, value, opener))
    checked, too_long = _checked(found)
    return checked, left_out + too_long


def _value(row: Row, wanted: set[str]) -> tuple[str | None, str]:
    if wanted:
        return (YES if wanted & set(row.values) else NO), ""
    if len(row.values) == 1:
        return row.values[0], ""
    return None, f"has {len(row.values)} labels; say with --positive which of them mean yes"


def _opener(row: Row, pictures: Pictures | None, language: str) -> Opener | None:
    if row.text is not None:
        return evaluation.text_opener(row.text, language)
    path = pictures.find(row.file or "") if pictures else None
    return evaluation.picture_opener(path) if path else None


def _checked(items: list[Labelled]) -> tuple[list[Labelled], list[str]]:
    good = [item for item in items if 0 < len(item.value) <= LONGEST_VALUE]
    bad = [item for item in items if not 0 < len(item.value) <= LONGEST_VALUE]
    return good, [f"{item.name}: a label has 1 to {LONGEST_VALUE} characters" for item in bad]


def encode(part: Picture | Text, detector: Detector | None = None) -> list[Vector]:
    """The vectors that production would keep of it. `detector`: the loaded one whose head's inputs are wanted too."""
    if isinstance(part, Text):
        texts = text_encoder()
        version, view, vector = texts.version, View.TEXT, texts.encode([part.text])[0]
    else:
        images = image_encoder()
        version, view, vector = images.version, View.PICTURE, images.encode([part.image])[0]
    whole = (version, str(view), vector)
    if detector is None or (detector.card.kind == "text") != isinstance(part, Text):
        return [whole]
    part.features[version] = vector
    inputs = detector.look_many([part])[0].inputs
    return [whole, *((version, detector.card.view, rows[0]) for version, rows in inputs.items() if len(rows))]


def digest_of(part: Picture | Text) -> bytes:
    """Equal for equal content; for a picture after the cleaning of the door: another name or metadata is the same."""
    if isinstance(part, Text):
        data = part.text.encode("utf-8", "replace")
    else:
        data = repr(part.image.size).encode() + part.image.tobytes()
    return hashlib.blake2b(data, digest_size=16).digest()
