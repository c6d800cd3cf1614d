"""The models that the demo knows, by theme. Each takes a random source, so that no two children built the same."""

from collections.abc import Callable
from random import Random

from moderation.demo.builds import buildings, creatures, vehicles, wonders
from moderation.demo.shapes import Build

THEMES: dict[str, Callable[[Random], Build]] = {
    "car": vehicles.car,
    "fire engine": vehicles.fire_engine,
    "train": vehicles.train,
    "police station": buildings.police_station,
    "castle": buildings.castle,
    "house": buildings.house,
    "lighthouse": buildings.tower,
    "dinosaur": creatures.dinosaur,
    "dog": creatures.dog,
    "giraffe": creatures.giraffe,
    "robot": creatures.robot,
    "spaceship": wonders.spaceship,
    "rocket": wonders.rocket,
    "boat": wonders.boat,
    "flower": wonders.blossom,
    "cake": wonders.cake,
}


def build(theme: str, seed: int) -> Build:
    """The model of this theme and number; unknown themes raise KeyError."""
    return THEMES[theme](Random(seed))
