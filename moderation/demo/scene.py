"""How a model is photographed."""

import random
from dataclasses import dataclass, replace

from moderation.demo.tables import TABLES


@dataclass(frozen=True)
class Scene:
    """Angles are degrees; the model fills `share` of the picture; `lamp` is the direction (x, y, z) of the light.

    `warmth` is -1 for a cold window and 1 for a warm lamp. `edge` is how far behind the model the desk ends, in its
    radii (0: it does not end in the picture). `seed` decides what is random: the grain, the room behind the desk.
    """

    size: tuple[int, int] = (1280, 960)
    table: str = "oak"
    azimuth: float = 52.0
    elevation: float = 31.0
    share: float = 0.8
    shift: tuple[float, float] = (0.0, 0.02)
    lamp: tuple[float, float, float] = (-0.22, 0.62, 1.0)
    warmth: float = 0.2
    turn: float = 20.0
    edge: float = 0.0
    seed: int = 0

    @staticmethod
    def by(seed: int, size: tuple[int, int] = (1280, 960), table: str = "") -> "Scene":
        """The scene of this number: another desk, light and place to stand for each."""
        rng = random.Random(seed)
        left = rng.random() < 0.35
        return Scene(
            size=size,
            table=table or rng.choice(TABLES),
            azimuth=rng.uniform(40, 60),
            elevation=rng.uniform(22, 34),
            share=rng.uniform(0.74, 0.84),
            shift=(rng.uniform(-0.03, 0.03), rng.uniform(0.0, 0.03)),
            lamp=(rng.uniform(0.5, 0.7), rng.uniform(0.0, 0.15), 1.0)
            if left
            else (rng.uniform(-0.3, -0.1), rng.uniform(0.5, 0.7), 1.0),
            warmth=rng.uniform(-0.5, 0.8),
            turn=rng.uniform(-28, 28),
            edge=rng.uniform(1.3, 2.2) if rng.random() < 0.6 else 0.0,
            seed=seed,
        )

    def turned(self, azimuth: float) -> "Scene":
        """The same desk, seen from this side."""
        return replace(self, azimuth=azimuth, turn=self.turn + self.azimuth - azimuth)

    def seen_from(self, view: int) -> "Scene":
        """Another photo of the same build: from further left or right, closer or from higher up."""
        rng = random.Random(self.seed * 31 + view)
        side = self.turned(rng.choice((rng.uniform(30, 40), rng.uniform(58, 66))))
        return replace(side, elevation=rng.uniform(24, 42), share=rng.uniform(0.8, 1.05), seed=self.seed + view)
