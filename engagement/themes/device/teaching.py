"""What the server says of the pictures that a device's network learns from.

Of a picture that it was trained on a head is too sure to teach anything but the label. So a picture's opinion is that
of a head that has not seen its figure.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from engagement.themes.classifier import picture_side
from engagement.themes.device.pictures import Pictures
from engagement.themes.fit_pictures import WAYS, Data, fit
from engagement.themes.picture_head import logits, seen
from engagement.themes.sheet import Arrays
from engagement.themes.text_head import softmax
from featurestore.encoders import image_encoder

INNER = 5  # folds within the pictures of training
P = NDArray[np.float64]


def data_of(pictures: Pictures) -> Data:
    """The vectors of every view of each picture: what the server's head reads."""
    encoder = image_encoder()
    vectors = np.stack([seen(encoder, [pictures.picture(at)])[0] for at in range(len(pictures.kept))])
    return Data(vectors, pictures.theme, pictures.kind, pictures.figure)


class LearnedAnew:
    """The server's way of learning (encoder, views, head), from the pictures of training alone."""

    def __init__(self, data: Data, themes: int) -> None:
        self.data, self.themes = data, themes
        # A catalogue's pictures alone are told apart best by the first two views, as in training/heads (themes.md).
        self.way = WAYS[0] if len(np.unique(data.kind)) > 1 else WAYS[1]

    def opinions(self, rows: NDArray[np.intp]) -> P:
        """(len(rows), themes): of each picture, from a head that has not seen its figure."""
        part = self.data.cut(rows)
        p = np.zeros((len(rows), self.themes))
        folds = GroupKFold(min(INNER, len(np.unique(part.figure))), shuffle=True, random_state=7)
        for train, test in folds.split(part.theme, groups=part.figure):
            head = fit(part.cut(train), self.themes, calibrated=False, way=self.way)
            p[test] = softmax(logits(head, part.vectors[test]))
        return p

    def head(self, rows: NDArray[np.intp]) -> Arrays:
        """The head that the server would have from these pictures, calibrated."""
        return fit(self.data.cut(rows), self.themes, way=self.way)

    def answers(self, train: NDArray[np.intp], test: NDArray[np.intp]) -> P:
        return softmax(logits(self.head(train), self.data.vectors[test]))


class Served:
    """The heads in a folder as they are. Nobody can say here which of these pictures they were trained on."""

    def __init__(self, folder: Path, pictures: Pictures) -> None:
        side = picture_side(folder)
        known = side.sheet.themes if side else ()
        if side is None or (missing := set(pictures.themes) - set(known)):
            told = f"does not know {', '.join(sorted(missing))}" if side else "holds no picture side"
            raise ValueError(f"{folder} {told}. Without --teacher the server's head is learned anew from the pictures.")
        columns = [known.index(slug) for slug in pictures.themes]
        said = np.stack([side.look(pictures.picture(at)) for at in range(len(pictures.kept))])[:, columns]
        self._p = said / said.sum(1, keepdims=True).clip(1e-9)

    def opinions(self, rows: NDArray[np.intp]) -> P:
        return self._p[rows]

    def answers(self, train: NDArray[np.intp], test: NDArray[np.intp]) -> P:
        return self._p[test]
