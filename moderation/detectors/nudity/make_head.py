"""Makes the head that the detector comes with (head.onnx, head.json).

    python -m moderation.detectors.nudity.make_head [--models var/models]

There are no pictures to train it on, so it is not trained: it weighs the votes as WEIGHTS says and gives the picture's
vector no weight. It is where moderators' labels begin: a head that is trained on them reads the same row.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from featurestore.encoders.image import load
from featurestore.heads.write import write_logistic
from moderation.detectors.nudity.votes import NAMES, inputs_of

HERE = Path(__file__).resolve().parent
# A place counts most, for a body is often a part of a picture; but of a place alone, where the whole picture is said to
# show nothing, the first network must be sure. The second is often sure of a bare neck: it can push, and not decide.
WEIGHTS = {"whole": 0.6, "place": 0.8, "second": 0.2, "skin": 0.0}
BIAS = 0.5
THRESHOLD = 0.5


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make_head", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args(arguments)
    encoder = load(options.models)
    weight = np.concatenate([np.zeros(encoder.dim), [WEIGHTS[name] for name in NAMES]])
    sheet = {
        "task": "nudity",
        "version": "1",
        "encoder": inputs_of(encoder.version),
        "threshold": THRESHOLD,
        "made_by": "moderation/detectors/nudity/make_head.py",
        "data": "none: the votes are weighed by hand, the picture's vector not at all",
        "metrics": {},
    }
    write_logistic(options.out, weight, BIAS, sheet)


if __name__ == "__main__":
    main(sys.argv[1:])
