"""What follows when something was hidden: step by step it leaves every place where it lay, and is kept in one.

Each step is safe to do again. The first that fails ends the round; the case says which, and why, and stays on the page
until a later round has done it. Nothing is removed before it was opened again where it is kept.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import structlog
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.intake.actions import ask_to_scrub
from moderation.intake.erasing import before_erasure
from moderation.intake.models import ErasureReceipt, Part, PartKind, Submission
from moderation.intake.views import TYPES
from moderation.restricted import vault
from moderation.restricted.models import STEPS, Case
from moderation.restricted.sealing import seal, unseal
from moderation.restricted.telling import told_of

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
RECORD = "record"


def preserve(case: Case) -> bool:
    """Do what is still to be done. True: all is. False: somebody is at it, or a step failed and the case says so."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    if not Case.objects.unfinished().filter(free, id=case.id).update(leased_until=now + LEASE):
        return Case.objects.filter(id=case.id, preserved_at__isnull=False).exists()
    case.refresh_from_db()
    for step in STEPS:
        if step in case.steps:
            continue
        try:
            _DO[step](case)
        except Exception as error:  # whatever it is, a person must see it, and the next round tries again
            log.exception("restricted.step_failed", step=step)
            says = f"{STEPS[step]}: {_says(error)}"[:300]
            Case.objects.filter(id=case.id).update(problem=says, tries=models.F("tries") + 1, leased_until=None)
            return False
        case.steps[step] = timezone.now().isoformat()
        Case.objects.filter(id=case.id).update(steps=case.steps, leased_until=timezone.now() + LEASE)
    with transaction.atomic():
        done = {"preserved_at": timezone.now(), "problem": "", "leased_until": None}
        if Case.objects.unfinished().filter(id=case.id).update(**done):
            record(Verb.PRESERVE, "restricted", case.id, new={"files": len(case.files), "tries": case.tries + 1})
    ask_to_scrub()
    return True


def record_of(case: Case) -> dict[str, Any]:
    """What was sealed of it: texts, findings, decisions. Raises sealing.Broken."""
    sealed = BytesIO(bytes(case.record or b""))
    told: dict[str, Any] = json.loads(b"".join(unseal(sealed, vault.existing_key(case.id), _bound(case))))
    return told


# -- the steps -------------------------------------------------------------------------------------------------------
def _previews(case: Case) -> None:
    for part in _parts(case):
        _take_away(part.preview)


def _features(case: Case) -> None:
    """Every room lets go of what it keeps, as for an erasure: features and labels while the link lives, pairs, strikes'
    links, what was published."""
    with transaction.atomic():
        before_erasure(_husk(case))


def _record(case: Case) -> None:
    husk = _husk(case)
    told = {"case": str(case.id), "before": case.was, **told_of(husk)}
    clear = BytesIO(json.dumps(told, ensure_ascii=False, default=str).encode())
    sealed = b"".join(seal(clear, vault.key_of(case.id), _bound(case)))
    if b"".join(unseal(BytesIO(sealed), vault.existing_key(case.id), _bound(case))) != clear.getvalue():
        raise OSError("The record does not open again.")
    case.record, case.was = sealed, {}
    Case.objects.filter(id=case.id).update(record=sealed, was={})


def _files(case: Case) -> None:
    kept = {file["part"] for file in case.files}
    for part in _parts(case):
        if part.file.name and part.name not in kept:
            with part.file.storage.open(part.file.name, "rb") as clear:
                name, size, digest = vault.put(case.id, part.name, clear)
            suffix = part.file.name.rsplit(".", 1)[-1]
            about = {"part": part.name, "kind": part.kind, "type": TYPES.get(suffix, "application/octet-stream")}
            case.files.append({**about, "size": size, "sha256": digest, "sealed": name})
            Case.objects.filter(id=case.id).update(files=case.files)


def _sources(case: Case) -> None:
    kept = {file["part"] for file in case.files}
    for part in _parts(case):
        if part.file.name and part.name not in kept:
            raise OSError(f"{part.name} is not in the vault.")
    for part in _parts(case):
        _take_away(part.file)
        _take_away(part.preview)


def _rows(case: Case) -> None:
    """Whatever hangs on the submission, in whatever room, goes; a husk stays, from which the app is answered."""
    husk = _husk(case)
    with transaction.atomic():
        gone = husk.parts.count()
        for field in Submission._meta.get_fields(include_hidden=True):
            if not (field.one_to_many or field.one_to_one) or not field.auto_created or field.related_model is Case:
                continue
            remote: Any = field.field  # type: ignore[union-attr]
            rows = remote.model._base_manager.filter(**{remote.name: husk})
            if remote.remote_field.on_delete is models.SET_NULL:
                rows.update(**{remote.name: None})
            else:
                rows.delete()
        if case.traces_id is None:
            # Its row says when what files still hold of removed rows was overwritten.
            receipt = ErasureReceipt.objects.create(app=case.app, counts={"parts": gone, "moved": len(case.files)})
            Case.objects.filter(id=case.id).update(traces=receipt)


_DO: dict[str, Callable[[Case], None]] = {
    "previews": _previews,
    "features": _features,
    "record": _record,
    "files": _files,
    "sources": _sources,
    "rows": _rows,
}


def _husk(case: Case) -> Submission:
    if case.submission is None:
        raise OSError("The submission's row is gone.")
    return case.submission


def _parts(case: Case) -> list[Part]:
    return list(_husk(case).parts.exclude(kind=PartKind.TEXT).order_by("kind", "position"))


def _take_away(stored: Any) -> None:
    """Raises OSError when it is still there afterwards."""
    if stored.name:
        stored.storage.delete(stored.name)
        if stored.storage.exists(stored.name):
            raise OSError("A file could not be removed.")


def _bound(case: Case) -> bytes:
    return case.id.bytes + RECORD.encode()


def _says(error: Exception) -> str:
    """For a page: what kind of thing went wrong, without a path that the error may name."""
    return getattr(error, "strerror", None) or (str(error) if isinstance(error, OSError) else type(error).__name__)
