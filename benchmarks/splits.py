"""How long it takes to cut a data set so that near-duplicates stay together, and how many of them are found.

Vectors with the structure of an encoder's (60 factors), half of them copies at a known distance from the others.
"""

import time

import numpy as np
from _common import Row, parser, report, say

from featurestore.labels.near import components, unit
from featurestore.labels.reliability import dawid_skene
from featurestore.labels.splits import Rule, split
from featurestore.store.base import Catalogue

DIM = 1280


def vectors(n: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """float16 (n, 1280): n / 2 strangers, then a copy of each; and the distance of each copy, up to `radius`."""
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(60, DIM)).astype(np.float32)
    strength = (rng.normal(size=(n // 2, 60)) * rng.gamma(2, 1, 60)).astype(np.float32)
    base = unit(np.maximum(strength @ factors + 2, 0))
    step = unit(rng.normal(size=base.shape).astype(np.float32))
    distance = rng.uniform(0.05, 1.0, n // 2).astype(np.float32) * radius
    return np.concatenate([base, base + step * distance[:, None]]).astype(np.float16), distance


def main() -> None:
    n = 20_000 if parser(__doc__).parse_args().quick else 100_000
    radius = Rule().radius
    say(f"making {n} vectors")
    x, distance = vectors(n, radius)
    began = time.process_time()
    group = components(x, radius)
    near_seconds = time.process_time() - began
    found = group[: n // 2] == group[n // 2 :]
    rng = np.random.default_rng(2)
    days = np.datetime64("2026-01-01") + rng.integers(0, 365, n)
    keys = np.frombuffer(rng.bytes(16 * n), "S16")
    catalogue = Catalogue(keys, np.full(n, "picture"), rng.choice(["DK", "DE", "US"], n), days)
    began = time.process_time()
    split(catalogue, x)
    split_seconds = time.process_time() - began
    say("reliability of labellers")
    truth, feature, voter = rng.integers(0, 2, n), np.repeat(np.arange(n), 3), np.tile(np.arange(3), n)
    right = rng.random(3 * n) < np.array([0.95, 0.9, 0.7])[voter]
    said = np.where(right, truth[feature], 1 - truth[feature])
    began = time.process_time()
    chance = dawid_skene(feature, voter, np.eye(2)[said], n, 3).chance
    em_seconds = time.process_time() - began
    rows = [
        Row(f"near-duplicates of {n}", near_seconds, unit="s of one core"),
        Row(f"split of {n}", split_seconds, unit="s of one core"),
        Row("found up to 3/4 of the radius", float(found[distance < 0.75 * radius].mean()), unit="share"),
        Row("found at 9/10 to the radius", float(found[distance > 0.9 * radius].mean()), unit="share"),
        Row(f"reliability of 3 labellers of {n}", em_seconds, unit="s of one core"),
        Row("right by reliability", float((chance.argmax(1) == truth).mean()), unit="share"),
    ]
    report("splits", rows)


if __name__ == "__main__":
    main()
