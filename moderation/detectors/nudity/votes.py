"""Two networks that know nothing of each other say of a picture, and of places in it, whether it shows nudity."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from featurestore.encoders.manifest import model_file
from featurestore.encoders.session import open_session
from moderation.detectors.nudity.skin import Window, cut, windows

Scores = NDArray[np.float32]

# What a head reads beside the picture's vector. Another meaning or number of votes is another version.
NAMES = ("whole", "place", "second", "skin")
VERSION = "nudity1"
SKIN = 0.3  # share of a window that could be skin: below it in all windows, nobody is asked, and no place by itself
MOST_PLACES = 3
DOUBT = 0.05  # where the first says less of the whole and of the place with most skin, it looks at no other place
ASK_SECOND = 0.1  # of what the first says less of, the second is not asked
LEAST = 0.005  # probabilities nearer to 0 or 1 are not told apart
SIDE = 224
WHOLE = Window(0.0, 0.0, 1.0, 1.0, 0.0)


@dataclass(frozen=True)
class Votes:
    """`places` with what the first network said of each (the whole picture comes first), and the second of those of
    which the first said enough (0 elsewhere)."""

    places: tuple[Window, ...]
    first: Scores
    second: Scores

    def worst(self) -> int:
        return int(self.first.argmax())

    def row(self) -> Scores:
        """(4,) in the order of NAMES: three logits, and the largest share of skin."""
        at = self.worst()
        three = np.array([self.first[0], self.first[at], self.second[at]])
        return np.array([*_logit(three), max(place.skin for place in self.places)], np.float32)


class Networks:
    """Reads MODELS_DIR/nudity. Raises ModelMissing."""

    def __init__(self, models_dir: Path) -> None:
        self._first = open_session(model_file(models_dir, "nudity/opennsfw.onnx"))
        self._second = open_session(model_file(models_dir, "nudity/mobilenet.onnx"))

    def votes(self, picture: Image.Image) -> Votes | None:
        """None: nothing in it could be skin."""
        found = windows(picture)
        if found[0].skin < SKIN:
            return None
        places = [w for w in found[:MOST_PLACES] if w.skin >= SKIN]
        whole = Window(WHOLE.x, WHOLE.y, WHOLE.w, WHOLE.h, found[0].skin)
        pictures = [picture, *(cut(picture, place) for place in places)]
        first: list[float] = []
        for one in pictures:
            if len(first) >= 2 and max(first) < DOUBT:
                break
            first.append(self._ask_first(one))
        second = [
            self._ask_second(one) if said >= ASK_SECOND else 0.0 for one, said in zip(pictures, first, strict=False)
        ]
        asked = (whole, *places)[: len(first)]
        return Votes(asked, np.array(first, np.float32), np.array(second, np.float32))

    def _ask_first(self, picture: Image.Image) -> float:
        """As open_nsfw was trained: squashed to 256, the middle 224 of it."""
        squashed = picture.resize((256, 256), Image.Resampling.BILINEAR, reducing_gap=2.0).crop((16, 16, 240, 240))
        return float(self._first.run(["p"], {"pixels": np.asarray(squashed)[None]})[0][0])

    def _ask_second(self, picture: Image.Image) -> float:
        squashed = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
        return float(self._second.run(["p"], {"pixels": np.asarray(squashed)[None]})[0][0])


def inputs_of(encoder: str) -> str:
    """The version of what the head reads, where `encoder` is the version of the picture's vector."""
    return f"{encoder}+{VERSION}"


def _logit(p: NDArray[np.floating]) -> NDArray[np.floating]:
    p = np.clip(p, LEAST, 1 - LEAST)
    return np.asarray(np.log(p / (1 - p)))
