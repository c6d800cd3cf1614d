"""Label Studio's JSON: the full export (a list of tasks with annotations) and JSON-MIN (flat objects)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from featurestore.imports.base import BadExport, Row, load

PICTURE_KEYS = ("image", "picture", "img", "photo")
_OWN = {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "comment_agreement", "agreement"}


def rows(path: Path, text: str = "", label: str = "") -> Iterator[Row]:
    """A Row for each task that somebody annotated; predictions and cancelled annotations do not count.

    `text` names the key of the text (then the rows are texts, else pictures), `label` the only control to hear ("":
    all). Of several annotations the newest counts. Raises BadExport.
    """
    tasks = load(path)
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise BadExport(f"{path} is no export of Label Studio: it should be a list of tasks.")
    for number, task in enumerate(tasks):
        try:
            row = _row(path, number, task, text, label)
        except (AttributeError, TypeError) as error:
            raise BadExport(f"{path} is no export of Label Studio: task {number} has another shape.") from error
        if row:
            yield row


def _row(path: Path, number: int, task: dict[str, Any], text: str, label: str) -> Row | None:
    full = isinstance(task.get("data"), dict)
    given = _annotated(task, label) if full else _flat(task, label)
    if given is None:
        return None
    data = task["data"] if full else {key: value for key, value in task.items() if key not in _OWN}
    name = f"{path.name}#{task.get('id', number)}"
    if not text:
        return Row(name, given, file=_picture(name, data))
    if not isinstance(data.get(text), str):
        raise BadExport(f"{name} has no text {text!r}; it has: {', '.join(map(str, data)) or 'nothing'}.")
    return Row(name, given, text=data[text])


def _annotated(task: dict[str, Any], label: str) -> tuple[str, ...] | None:
    done = [a for a in task.get("annotations") or [] if isinstance(a, dict) and not a.get("was_cancelled")]
    if not done:
        return None
    newest = max(done, key=lambda annotation: str(annotation.get("updated_at") or annotation.get("created_at") or ""))
    found: list[str] = []
    for result in newest.get("result") or []:
        if not label or result.get("from_name") == label:
            found += _names((result.get("value") or {}).get(result.get("type")))
    return tuple(dict.fromkeys(found))


def _flat(task: dict[str, Any], label: str) -> tuple[str, ...] | None:
    """JSON-MIN keeps a control under its own name: "cat", {"choices": [...]} or [{"rectanglelabels": [...]}]."""
    if label not in task:
        if not label:
            raise BadExport("This is a JSON-MIN export: name the control of the labels with --label.")
        return None
    return tuple(dict.fromkeys(_names(task[label])))


def _names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [name for entry in value for name in _names(entry)]
    if isinstance(value, dict):
        return [
            name for key, entry in value.items() if key == "choices" or key.endswith("labels") for name in _names(entry)
        ]
    return []


def _picture(name: str, data: dict[str, Any]) -> str:
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    for key in PICTURE_KEYS:
        if key in texts:
            return texts[key]
    if len(texts) != 1:
        raise BadExport(f"{name}: which of {', '.join(texts) or 'nothing'} is the picture? Rename it to image.")
    return next(iter(texts.values()))
