"""More like this: the very same file, pictures that look the same, and, while links live, vectors that lie near."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q

from featurestore.store import get_store
from featurestore.store.base import StoredFeature
from moderation.intake.models import Part, PartKind, Submission
from moderation.prefilter.links import features_by_part
from moderation.prefilter.models import FeatureLink
from moderation.search.finding import open_to
from moderation.search.looks import BITS, NEAR, apart, probes
from moderation.search.models import Look

MOST = 60
CANDIDATES = 5_000  # pictures that share nearly a band with it: beyond these it is a picture of which there are masses
VECTORS = 2_000  # the newest parts whose links still live
NEAR_VECTOR = 0.7  # cosine distance above which two vectors say nothing of each other


@dataclass(frozen=True)
class Alike:
    """One that is like it: how, and how far away (0 the same, 1 nothing in common)."""

    id: UUID
    how: str
    far: float


def alike(user: Any, submission: Submission) -> list[Alike]:
    """At most MOST others that this person may find, the nearest first; each once, by the surest way it was found."""
    parts = list(submission.parts.all())
    best: dict[UUID, Alike] = {}
    for found in (*_same_file(parts), *_same_look(parts), *_same_vector(user, parts)):
        if found.id != submission.id and found.id not in best:
            best[found.id] = found
    there = set(open_to(user).filter(id__in=list(best)).values_list("id", flat=True))
    return sorted((one for one in best.values() if one.id in there), key=lambda one: one.far)[:MOST]


def _same_file(parts: Iterable[Part]) -> Iterable[Alike]:
    digests = {part.digest for part in parts if part.kind != PartKind.TEXT and part.digest}
    rows = Part.objects.filter(digest__in=digests).exclude(kind=PartKind.TEXT).order_by("-submission__received_at")
    for id in rows.values_list("submission_id", flat=True)[:CANDIDATES] if digests else ():
        yield Alike(id, "the very same file", 0.0)


def _same_look(parts: Iterable[Part]) -> Iterable[Alike]:
    """Every picture that differs in at most NEAR of its bits."""
    mine = [bits for row in Look.objects.filter(part__in=list(parts)) if (bits := row.bits) is not None]
    if not mine:
        return
    near = reduce(or_, (Q(**{f"{name}__in": values}) for bits in mine for name, values in probes(bits).items()))
    rows = Look.objects.filter(near).select_related("part").only("a", "b", "c", "d", "part__submission_id")
    found = [
        (min(apart(bits, one) for one in mine), row.part.submission_id)
        for row in rows[:CANDIDATES]
        if (bits := row.bits) is not None
    ]
    for bits, id in sorted(found, key=lambda one: one[0]):
        if bits <= NEAR:
            yield Alike(id, f"looks the same: {bits} of {BITS} signs differ", bits / BITS)


def _same_vector(user: Any, parts: list[Part]) -> Iterable[Alike]:
    """Among the newest VECTORS parts with a link that can be opened. Only vectors of one encoder and view compare."""
    own = [feature for features in _vectors([part.id for part in parts]).values() for feature in features]
    if not own:
        return
    # Of what this person may find alone: how near something hidden lies must not be told either.
    newest = FeatureLink.objects.filter(part__submission__in=open_to(user)).exclude(part__in=parts).order_by("-id")
    others = _vectors(list(newest.values_list("part_id", flat=True)[:VECTORS]))
    of = dict(Part.objects.filter(id__in=others).values_list("id", "submission_id"))
    found = []
    for feature in own:
        same = [
            (of[part], one.vector)
            for part, features in others.items()
            for one in features
            if (one.encoder, one.view) == (feature.encoder, feature.view) and part in of
        ]
        if same:
            x = np.stack([vector for _, vector in same]).astype(np.float32)
            found += list(zip(_far(feature.vector.astype(np.float32), x).tolist(), (id for id, _ in same), strict=True))
    for far, id in sorted(found, key=lambda one: one[0])[: 4 * MOST]:
        if far <= NEAR_VECTOR:
            yield Alike(id, f"near to it: {far:.2f}", max(far, (NEAR + 1) / BITS))


def _far(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) cosine distance, 0 to 2."""
    lengths = np.linalg.norm(others, axis=1) * np.linalg.norm(one)
    return 1 - others @ one / np.maximum(lengths, 1e-12)


def _vectors(parts: list[UUID]) -> dict[UUID, list[StoredFeature]]:
    linked = features_by_part(parts)
    there = {feature.id: feature for feature in get_store().get([id for _, id in linked])}
    found: dict[UUID, list[StoredFeature]] = {}
    for part, id in linked:
        if id in there:
            found.setdefault(part, []).append(there[id])
    return found
