"""Makes tagger.crfsuite and tagger.json: from our own filled patterns, and marked sentences, to what names and
addresses look like.

    python -m moderation.detectors.pii.train [--spans synthetic_en.json] [--cross 4]

`--cross N` measures first, N times: on the sentences of one part by a tagger that saw only the others'. Sentences that
are one pattern with other names in it belong to one part, so that what is measured is patterns that were never seen.
Then the tagger is fitted once on everything. Some of Faker's lists are sets: with PYTHONHASHSEED=0 the same
versions of the packages give the same file again.
"""

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from moderation.detectors.pii.find import find
from moderation.detectors.pii.gold import Example, Marked, measured_kinds, not_counted, read
from moderation.detectors.pii.scoring import Score, score
from moderation.detectors.pii.tagger import HERE, MODEL, SHEET, Tagger
from moderation.detectors.pii.training.fit import fit
from moderation.detectors.pii.training.sentences import examples

WEIGHT = 3  # how often a marked sentence is counted: they are few


def write(fitted: Sequence[Example], folder: Path, rounds: int, metrics: dict[str, object]) -> None:
    """The files of a tagger that was fitted to these."""
    fit(fitted, folder / MODEL, rounds)
    raw = (folder / MODEL).read_bytes()
    sheet = {
        "version": "1",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "made_by": "python -m moderation.detectors.pii.train",
        "data": "our own patterns filled by Faker; presidio-research (MIT)",
        "packages": {name: version(name) for name in ("python-crfsuite", "Faker")},
        "metrics": metrics,
    }
    (folder / SHEET).write_text(json.dumps(sheet, indent=1) + "\n", "utf-8")


def found_by(tagger: Tagger, one: Example) -> list[Marked]:
    """What the whole detector finds, with this tagger, of the kinds that such a file's types mean."""
    found = [Marked(hit.start, hit.end, hit.kind) for hit in find(one.text, "", tagger)]
    return [mark for mark in found if mark.kind in measured_kinds() and not not_counted(mark, one)]


def cross(own: list[Example], marked: list[Example], parts: int, rounds: int) -> Score:
    """Of the whole detector, on sentences of patterns that its tagger never saw."""
    counted = Score()
    for part in range(parts):
        with tempfile.TemporaryDirectory() as folder:
            seen = [replace(one, weight=WEIGHT) for one in marked if one.part % parts != part]
            write(own + seen, Path(folder), rounds, {})
            tagger = Tagger(Path(folder))
            for one in marked:
                if one.part % parts == part:
                    counted += score(one.spans, found_by(tagger, one))
    return counted


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=Path, help="sentences marked as `evaluate pii` reads them")
    parser.add_argument("--each", type=int, default=6, help="fillings of each pattern")
    parser.add_argument("--rounds", type=int, default=60, help="of L-BFGS")
    parser.add_argument("--cross", type=int, default=0, help="parts to measure by, 0 for none")
    parser.add_argument("--folder", type=Path, default=HERE)
    options = parser.parse_args(arguments)
    own = list(examples(options.each))
    marked = read(options.spans) if options.spans else []
    metrics: dict[str, object] = {"own": len(own), "marked": len(marked)}
    if options.cross:
        metrics["patterns never seen"] = cross(own, marked, options.cross, options.rounds).report()
        print(json.dumps(metrics), flush=True)  # noqa: T201
    write(own + [replace(one, weight=WEIGHT) for one in marked], options.folder, options.rounds, metrics)
    print(json.dumps(metrics))  # noqa: T201


if __name__ == "__main__":
    main()
