"""CVAT's JSON exports: "Datumaro 1.0" (annotations/default.json), "COCO 1.0" (annotations/instances_default.json)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from featurestore.imports.base import BadExport, Row, load


def rows(path: Path) -> Iterator[Row]:
    """A Row for each picture of the export; tags, boxes and tracks all count as labels of it. Raises BadExport."""
    export = load(path)
    try:
        if isinstance(export, dict) and "items" in export:
            yield from _datumaro(path, export)
        elif isinstance(export, dict) and "images" in export:
            yield from _coco(path, export)
        else:
            raise BadExport(f"{path} is neither Datumaro nor COCO: export the task from CVAT as one of these.")
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise BadExport(f"{path} is not what CVAT exports: {type(error).__name__} at {error}.") from error


def _datumaro(path: Path, export: dict[str, Any]) -> Iterator[Row]:
    names = [label["name"] for label in export["categories"]["label"]["labels"]]
    for item in export["items"]:
        given = [names[a["label_id"]] for a in item.get("annotations", []) if a.get("label_id") is not None]
        file = (item.get("image") or {}).get("path") or str(item["id"])
        yield Row(f"{path.name}#{item['id']}", tuple(dict.fromkeys(given)), file=file)


def _coco(path: Path, export: dict[str, Any]) -> Iterator[Row]:
    names = {category["id"]: category["name"] for category in export["categories"]}
    given: dict[int, list[str]] = {}
    for annotation in export["annotations"]:
        given.setdefault(annotation["image_id"], []).append(names[annotation["category_id"]])
    for image in export["images"]:
        values = tuple(dict.fromkeys(given.get(image["id"], [])))
        yield Row(f"{path.name}#{image['id']}", values, file=image["file_name"])
