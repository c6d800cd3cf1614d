"""How a version comes to be: trained here, or planted with a detector."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from featurestore.heads.code_version import code_version
from featurestore.heads.head import Head, HeadSheet
from featurestore.heads.hurrying import hurry
from featurestore.heads.models import Alias, HeadVersion, Kind, PromotionEvent, RetrainingPolicy, Serving
from featurestore.heads.places import Places
from featurestore.heads.trained import Trained

log = structlog.get_logger(__name__)

CARD = "card.md"
TRIES = 5


def register(trained: Trained, parent: HeadVersion | None, data: dict[str, Any] | None = None) -> HeadVersion:
    """Keep a trained head as the next version of its task. It serves nobody yet. `data` is added to what it says
    that it learned from."""
    sheet = trained.sheet
    fields = {
        "encoder": sheet.encoder,
        "view": sheet.view,
        "onnx": trained.onnx,
        "parent": parent,
        "data": {**trained.data, **(data or {})},
        "metrics": {name: list(figures) for name, figures in trained.metrics.items()},
        "card": trained.card,
        "code": code_version(),
    }
    return _next(sheet.task, asdict(sheet), fields)


def plant(folder: Path, view: str = "") -> HeadVersion:
    """Take in the head that a detector came with (head.onnx, head.json, card.md in `folder`).

    It is champion if its task has none; else, when its file is a new one, a version that may serve. The same file
    again is found again. `view`: what its vectors are of, where its sheet does not say. Raises ModelMissing.
    """
    sheet = Head.read(folder).sheet
    card = folder / CARD
    new = _same(sheet.task, sheet.sha256) is None
    head = take_in(
        replace(sheet, view=sheet.view or view),
        (folder / "head.onnx").read_bytes(),
        card.read_text() if card.exists() else "",
    )
    # Heads train themselves unless somebody says otherwise: a challenger's word counts for nothing by itself.
    if new and not HeadVersion.objects.filter(task=sheet.task).exclude(id=head.id).exists():
        RetrainingPolicy.objects.get_or_create(task=sheet.task)
    return head


def take_in(sheet: HeadSheet, file: bytes, card: str = "") -> HeadVersion:
    """A head that was made elsewhere, as a version: champion if its task has none. The same file is found again."""
    known = _same(sheet.task, sheet.sha256)
    if known is None:
        fields = {
            "encoder": sheet.encoder,
            "view": sheet.view,
            "onnx": file,
            "data": {"shipped": True, "says": sheet.data},
            "metrics": {},
            "card": card,
            "code": sheet.made_by[:60],
        }
        known = _next(sheet.task, asdict(sheet), fields, once=True)
        hurry("featurestore.mirror")
    if not Serving.objects.filter(task=sheet.task, alias=Alias.CHAMPION).exists():
        _first(known)
    return known


def _first(head: HeadVersion) -> None:
    try:
        with transaction.atomic():
            places = Places.locked(head.task)
            if places.champion is not None:
                return
            places.crown(head, None)
            PromotionEvent.objects.create(
                task=head.task,
                kind=Kind.PROMOTE,
                new=head,
                reason="It came with the detector, and there was no champion yet.",
                served=places.state(),
            )
    except IntegrityError:
        log.info("heads.planted_by_another", task=head.task)  # every worker plants when it starts


def _same(task: str, sha256: str) -> HeadVersion | None:
    return HeadVersion.objects.filter(task=task, sheet__sha256=sha256).order_by("id").first()


def _next(task: str, sheet: dict[str, Any], fields: dict[str, Any], once: bool = False) -> HeadVersion:
    """The next version. The unique constraint decides between several that register at once. `once`: the same file is
    taken in once."""
    for _ in range(TRIES):
        versions = HeadVersion.objects.filter(task=task).values_list("version", flat=True)
        version = str(max((int(v) for v in versions if v.isdigit()), default=0) + 1)
        # After the versions were read: whoever was before us is seen here, or has our number.
        if once and (same := _same(task, sheet["sha256"])):
            return same
        try:
            with transaction.atomic():
                return HeadVersion.objects.create(
                    task=task, version=version, sheet={**sheet, "version": version, "view": fields["view"]}, **fields
                )
        except IntegrityError:
            continue
    raise RuntimeError(f"no free version of {task} was found in {TRIES} tries")
