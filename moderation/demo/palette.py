"""The colours of our bricks, and how plastic takes light."""

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "white": (244, 243, 238), "light grey": (178, 182, 184), "grey": (128, 133, 137), "dark grey": (80, 84, 90),
    "black": (42, 44, 48), "red": (210, 46, 40), "dark red": (138, 34, 40), "orange": (244, 134, 34),
    "yellow": (252, 204, 50), "sand": (226, 202, 152), "tan": (200, 156, 102), "brown": (118, 75, 48),
    "green": (58, 154, 76), "dark green": (34, 98, 62), "lime": (168, 206, 58), "olive": (132, 136, 76),
    "blue": (40, 110, 200), "dark blue": (36, 60, 118), "sky": (120, 192, 232), "teal": (26, 148, 152),
    "glass": (160, 212, 230), "purple": (130, 78, 168), "lilac": (188, 160, 216), "pink": (248, 158, 184),
    "magenta": (208, 56, 132), "gold": (212, 168, 66),
}  # fmt: skip

ROOM, LAMP = 0.66, 0.50  # how bright the room and the lamp make a side that faces them


def brightness(
    normal: NDArray[np.float64], lamp: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Room light and lamp light (n,) on sides that look along `normal` (n, 3); `lamp` has length 1."""
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    # A window somewhere on the left: a side away from the lamp is not flat.
    room = ROOM * (0.84 + 0.16 * normal[:, 2] + 0.06 * normal[:, 0])
    return room, LAMP * np.clip(normal @ lamp, 0, 1)


def toned(colour: Colour, k: float) -> Colour:
    """A colour at brightness k. What is brighter than itself whitens, as plastic does."""
    r, g, b = (v * k for v in colour)
    if k > 1:
        white = min((k - 1) * 0.5, 0.6)
        r, g, b = (v + (255 - v) * white for v in (r, g, b))
    return max(0, min(int(r), 255)), max(0, min(int(g), 255)), max(0, min(int(b), 255))
