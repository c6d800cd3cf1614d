"""Makes questions ahead, in the background, so that the page has nothing to compute."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from featurestore.encoders.base import plain
from featurestore.models import Source, View
from featurestore.store import get_store
from featurestore.store.base import NewLabel, StoredFeature
from moderation.detectors.registry import get_detector
from moderation.intake.models import Part, PartKind, State
from moderation.labelling.choosing import mix, nearest, strangeness
from moderation.labelling.models import LabelTask, Question, Why
from moderation.prefilter.flow import detectors
from moderation.prefilter.learned import TASKS
from moderation.prefilter.links import features_of
from moderation.prefilter.models import FeatureLink, Finding, Unsettled

OPEN = 60  # questions that lie ready for each task: five pages
PARTS = 400  # looked at for each choice, the newest first
LOOKED_UP = 80  # of these, whose vectors are fetched: a link has to be opened for each
SAMPLE = 1600  # features of the store that are looked at
NEIGHBOURS = 5
OURS = {Source.LABELLING, Source.BLIND}
WHOLE = {PartKind.IMAGE: View.PICTURE, PartKind.TEXT: View.TEXT}


@dataclass(frozen=True)
class Stretch:
    """Some of the store, at random: features of one view, each with all that was said of it."""

    features: list[StoredFeature]
    said: dict[UUID, list[NewLabel]]

    def value(self, id: UUID, task: str) -> NewLabel | None:
        """The newest word about it that stands, whoever gave it: good enough to be shown as a neighbour."""
        mine = [label for label in self.said.get(id, []) if label.task == task]
        gone = {label.source: n for n, label in enumerate(mine) if label.withdrawn}
        stands = [label for n, label in enumerate(mine) if not label.withdrawn and n > gone.get(label.source, -1)]
        return stands[-1] if stands else None


def choose(task: LabelTask, seed: int | None = None) -> int:
    """Fill up to OPEN questions. Parts that can still be shown come first. Returns how many were made."""
    need = OPEN - Question.objects.filter(task=task, answers=None).count()
    if need <= 0:
        return 0
    rng = np.random.default_rng(seed)
    stretch = _stretch(WHOLE[PartKind(task.kind)], rng)
    questions = _of_parts(task, need, stretch, rng)
    if task.blind and len(questions) < need:
        questions += _of_features(task, need - len(questions), stretch, rng)
    for question in questions:
        question.place = float(rng.random())
        question.wanted = 2 if rng.random() * 100 < task.twice else 1
    Question.objects.bulk_create(questions, ignore_conflicts=True)  # another worker may have chosen the same
    return len(questions)


# -- parts -------------------------------------------------------------------------------------------------------
def _of_parts(task: LabelTask, need: int, stretch: Stretch, rng: np.random.Generator) -> list[Question]:
    parts = list(
        Part.objects.filter(
            Exists(FeatureLink.objects.filter(part=OuterRef("pk"))),
            kind=task.kind,
            submission__state__in=[State.QUEUED, State.APPROVED, State.REJECTED],
        )
        .exclude(Exists(Question.objects.filter(task=task, part=OuterRef("pk"))))
        .order_by("-submission__received_at")[:PARTS]
    )
    if not parts:
        return []
    by_chance = [parts[n] for n in rng.permutation(len(parts))]
    ranked: dict[str, list[Part]] = {Why.RANDOM: by_chance}
    ranked |= _by_findings(task, parts)
    ranked[Why.UNSEEN] = _by_strangeness(task, by_chance[:LOOKED_UP], stretch)
    return [Question(task=task, part=part, why=why) for part, why in mix(ranked, task.weights, need, rng)]


def _by_findings(task: LabelTask, parts: Sequence[Part]) -> dict[str, list[Part]]:
    """What the heads said when they looked: near their threshold, or against each other."""
    names = [name for name in detectors() if get_detector(name).card.task == task.task]
    found: dict[UUID, dict[str, Finding]] = {}
    for finding in Finding.every.filter(part__in=parts, detector__in=names).exclude(verdict="error"):
        found.setdefault(finding.part_id, {})[finding.alias] = finding
    near, apart = {}, {}
    for part in parts:
        by_alias = found.get(part.id, {})
        if champion := by_alias.get("champion"):
            near[part] = abs(champion.score - champion.threshold)
            others = [
                abs(champion.score - one.score) + (champion.verdict != one.verdict)
                for alias, one in by_alias.items()
                if alias != "champion"
            ]
            if others:
                apart[part] = -max(others)
    return {Why.UNCERTAIN: sorted(near, key=near.__getitem__), Why.DISAGREEING: sorted(apart, key=apart.__getitem__)}


def _by_strangeness(task: LabelTask, parts: Sequence[Part], stretch: Stretch) -> list[Part]:
    vectors = {}
    for part in parts:
        for feature in get_store().get(features_of(part)):
            if feature.view == WHOLE[PartKind(task.kind)] and _is_plain(feature):
                vectors[part] = feature
    encoder, known, _ = _known(task, stretch, list(vectors.values()))
    mine = [part for part, feature in vectors.items() if feature.encoder == encoder]
    if not mine or not len(known):
        return []
    far = strangeness(_matrix([vectors[part] for part in mine]), known)
    return [mine[n] for n in np.argsort(-far)]


# -- features that lead nowhere ----------------------------------------------------------------------------------
def _of_features(task: LabelTask, need: int, stretch: Stretch, rng: np.random.Generator) -> list[Question]:
    """Only of settled days: others may still be erased, and their ids must not lie here."""
    ids = [feature.id for feature in stretch.features]
    passed = set(Unsettled.objects.filter(feature__in=ids).values_list("feature", flat=True))
    passed |= {q.feature for q in Question.objects.filter(task=task, feature__in=ids) if q.feature}
    passed |= {id for id, said in stretch.said.items() if any(s.task == task.task and s.source in OURS for s in said)}
    free = [feature for feature in stretch.features if feature.id not in passed]
    encoder, known, labels = _known(task, stretch, free)
    free = [feature for feature in free if feature.encoder == encoder]
    if not free or len(known) <= NEIGHBOURS:
        return []
    x = _matrix(free)
    strange = [int(n) for n in np.argsort(-strangeness(x, known))]
    ranked: dict[str, list[int]] = {Why.UNSEEN: strange, Why.RANDOM: rng.permutation(len(free)).tolist()}
    questions = []
    for n, why in mix(ranked, task.weights, need, rng):
        place, far = nearest(x[n : n + 1], known, NEIGHBOURS + 1)
        # One that is labelled already finds itself at distance 0, which says nothing.
        others = [(labels[p], f) for p, f in zip(place[0], far[0], strict=True) if labels[p].feature != free[n].id]
        near = [[label.value, label.source, round(float(f), 2)] for label, f in others[:NEIGHBOURS]]
        questions.append(Question(task=task, feature=free[n].id, why=why, near=near))
    return questions


def _stretch(view: str, rng: np.random.Generator) -> Stretch:
    page = get_store().sample(view, SAMPLE, rng)
    said: dict[UUID, list[NewLabel]] = {feature.id: [] for feature in page.features}
    for label in page.labels:
        said[label.feature].append(label)
    return Stretch([feature for feature in page.features if _is_plain(feature)], said)


def _known(
    task: LabelTask, stretch: Stretch, among: Sequence[StoredFeature]
) -> tuple[str, NDArray[np.float32], list[NewLabel]]:
    """The encoder that most of `among` were made by, and what is labelled of its vectors."""
    names = [feature.encoder for feature in among]
    encoder = max(sorted(set(names)), key=names.count, default="")
    labelled = [
        (feature, label)
        for feature in stretch.features
        if feature.encoder == encoder and (label := stretch.value(feature.id, task.task))
    ]
    return encoder, _matrix([feature for feature, _ in labelled]), [label for _, label in labelled]


def _matrix(features: Sequence[StoredFeature]) -> NDArray[np.float32]:
    return np.stack([feature.vector.astype(np.float32) for feature in features]) if features else np.zeros((0, 0), "f4")


def _is_plain(feature: StoredFeature) -> bool:
    """Not one that repeats another with something added for a head: nobody should be asked twice."""
    return plain(feature.encoder) == feature.encoder


def teaches(view: str, task: str) -> bool:
    return task in TASKS.get(view, ())
