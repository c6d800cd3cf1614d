"""Measures the face detector on heads pasted into scenes, and says where it loses those that it misses. Seeded.

    python -m moderation.detectors.face.pasted PEOPLE SCENES [SCENES …] [--each 60] [--out DIR]

PEOPLE: a folder with photos of people. SCENES: folders with pictures of builds and figures, without people. `--out`
keeps the pictures, for `manage.py evaluate face --positive`. A head counts as found when a box at it is at or above
the threshold; as flagged when a person would look first.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moderation.detectors.base import Box, HeadDetector, Picture
from moderation.detectors.face.pasting import KINDS, SIZES, Pasted, cut, paste, plans

LEAST = 90  # pixels: of smaller faces a head of 96 pixels would be enlarged


@dataclass(frozen=True)
class Seen:
    """What became of one head: "found", "flagged", "missed" by the second look, or "no box"; and its score."""

    size: int
    kind: str
    person: str
    what: str
    score: float


def pictures(people: Path, scenes: Sequence[Path], each: int) -> Iterator[Pasted]:
    """The pictures of the measurement, one by one, always the same."""
    from django.conf import settings

    from moderation.detectors.face.centerface import CenterFace
    from moderation.detectors.face.training.examples import pictures as opened

    finder = CenterFace(settings.MODELS_DIR)
    heads = [
        cut(picture, face, name)
        for name, picture in opened([people])
        for face in finder.find(picture, 0.5)
        if max(face.right - face.left, face.bottom - face.top) >= LEAST
    ]
    places = list(opened(scenes))
    if not heads or not places:
        raise SystemExit("There must be faces of some size in PEOPLE and pictures in SCENES.")
    for size, kind, head, scene, number in plans(len(heads), len(places), each):
        rng = np.random.default_rng([7, number])
        yield paste(places[scene][1], places[scene][0], heads[head], size, kind, rng)


def at_head(box: tuple[float, float, float, float], place: tuple[float, float, float, float]) -> bool:
    """Is a detector's place (left, top, right, bottom) at the head? Its middle is, and it is at most twice as big."""
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    big = max(place[2] - place[0], place[3] - place[1]) <= 2 * (box[2] - box[0])
    return box[0] <= x <= box[2] and box[1] <= y <= box[3] and big


def table(seen: Sequence[Seen]) -> str:
    """Found by size, by kind, and where the others were lost."""
    lines = [f"{'':14s} {'n':>5s} {'found':>6s} {'flagged':>8s} {'missed':>7s} {'no box':>7s}"]
    groups = [("all", list(seen))]
    groups += [(f"{size} px", [one for one in seen if one.size == size]) for size in SIZES]
    groups += [(kind, [one for one in seen if one.kind == kind]) for kind in KINDS]
    for name, some in groups:
        counts, n = Counter(one.what for one in some), max(1, len(some))
        shares = [counts[what] / n for what in ("found", "flagged", "missed", "no box")]
        lines.append(f"{name:14s} {len(some):5d} {shares[0]:6.3f} {shares[1]:8.3f} {shares[2]:7.3f} {shares[3]:7.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", type=Path)
    parser.add_argument("scenes", type=Path, nargs="+")
    parser.add_argument("--each", type=int, default=60, help="pictures of every size and kind")
    parser.add_argument("--out", type=Path, help="keep the pictures here")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brickmod.settings")
    import django

    django.setup()
    from moderation.detectors.face.detector import FaceDetector

    detector = FaceDetector()
    detector.load()
    seen = []
    for number, made in enumerate(pictures(options.people, options.scenes, options.each)):
        if options.out:
            folder = options.out / f"{made.size}-{made.kind.replace(' ', '-')}"
            folder.mkdir(parents=True, exist_ok=True)
            made.picture.save(folder / f"{number:05d}.jpg", quality=92)
        seen.append(look(detector, made))
    print(table(seen))  # noqa: T201


def look(detector: HeadDetector, made: Pasted) -> Seen:
    """As production looks: by the head that the detector came with."""
    part = Picture(made.picture)
    seen = detector.see_many([part])[0]
    finding = detector.judge(part, seen, detector.head(), detector.head().sheet.threshold)
    boxed = any(at_head(made.box, (place.left, place.top, place.right, place.bottom)) for place in seen.places)
    width, height = made.picture.size
    scores = [
        box.score
        for box in finding.evidence
        if isinstance(box, Box)
        and at_head(made.box, (box.x * width, box.y * height, (box.x + box.w) * width, (box.y + box.h) * height))
    ]
    score = max(scores, default=0.0)
    what = "no box" if not boxed else "found" if score >= finding.threshold else "flagged" if score else "missed"
    return Seen(made.size, made.kind, made.person, what, score)


if __name__ == "__main__":
    main(sys.argv[1:])
