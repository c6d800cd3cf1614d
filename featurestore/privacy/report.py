"""The privacy report: attacks on vectors as they are stored, with and without the options, as one dict for JSON."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from featurestore.encoders import image_encoder, text_encoder
from featurestore.privacy import attacks, inversion
from featurestore.privacy.attacks import Linkage, X
from featurestore.privacy.hiding import SIZE, Hiding, Noise, Projection
from featurestore.privacy.samples import Samples, samples
from featurestore.privacy.seeds import combined

AXES = (1, 2, 3, 5, 8, 10)  # how many an attacker may choose to align
PAIRS = (5, 20, 60)
REHEARSAL = b"a secret of the attacker's own, to try the attack with".ljust(64)[:32]


@dataclass(frozen=True)
class Effort:
    """`seeds`: how often all is done, each time with other pictures, texts and secrets. `scale`: how many pictures and
    texts, 1: some 300 and 550. `epochs` of the decoders that are networks. `rounds` of an attack that hangs on luck."""

    seeds: int = 5
    scale: float = 1.0
    noises: tuple[float, ...] = (4.0, 16.0, 64.0, 256.0)
    epochs: int = 60
    rounds: int = 20


QUICK = Effort(seeds=1, scale=0.4, noises=(4.0, 256.0), epochs=6, rounds=8)


@dataclass(frozen=True)
class Encoded:
    """Vectors of the samples: of pictures (`own` are the attacker's) and of texts."""

    own: X
    stored: X
    again: X
    own_texts: X
    texts: X


def encode(samples: Samples) -> Encoded:
    image, text = image_encoder(), text_encoder()
    return Encoded(
        image.encode(samples.public),
        image.encode(samples.stored),
        image.encode(samples.again),
        text.encode(samples.public_texts),
        text.encode(samples.texts),
    )


def build(effort: Effort, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """All attacks, for each seed from `seed` on. Some minutes; `say` hears what is under way."""
    started, worked = time.monotonic(), time.process_time()
    seeds = list(range(seed, seed + effort.seeds))
    made = [_attack(effort, one, say) for one in seeds]
    report = combined(made, same=("market", "texts"))  # the stored texts are few, and always these
    report["linkage"] = [row | _verdict(row) for row in report["linkage"]]
    encoders = [image_encoder().version, text_encoder().version]
    took = {"seconds": time.monotonic() - started, "cpu_seconds": time.process_time() - worked}
    return report | {"seeds": seeds, "encoders": encoders} | {name: round(value, 1) for name, value in took.items()}


def _attack(effort: Effort, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    say(f"seed {seed}: drawing pictures")
    drawn = samples(effort.scale, seed)
    say(f"seed {seed}: encoding pictures and texts")
    x = encode(drawn)
    themes, truth = np.array(drawn.public_labels), np.array(drawn.stored_labels)
    secret = np.random.default_rng(seed).bytes(32)
    size = min(SIZE, len(x.own) - 1)
    # The attacker has the very pictures that the axes come from. What they do not have is the secret.
    options: list[tuple[str, Hiding | None]] = [("none", None), ("projection", Projection.fit(x.own, secret, size))]
    options += [(f"noise {length:g}", Noise(length, seed)) for length in effort.noises]
    rows = []
    for name, how in options:
        say(f"seed {seed}: linkage with {name}")
        rows.append({"option": name, **_linkage(x, how, themes, truth, effort.rounds, seed)})
    text_size = min(SIZE, len(x.own_texts) - 1)
    hidden = [Projection.fit(x.own, secret, size), Projection.fit(x.own_texts, secret, text_size)]
    without = [Projection(how.centre, how.axes, REHEARSAL) for how in hidden]
    others = []
    # (option, how pictures and texts were stored, how the attacker hides what the decoders learn from)
    cases: list[tuple[str, list[Any], list[Any]]] = [
        ("none", [None, None], [None, None]),
        ("projection", hidden, without),
        ("projection, secret stolen", hidden, hidden),
    ]
    for name, kept, tried in cases:
        say(f"seed {seed}: attributes, membership and inversion with {name}")
        others.append({"option": name, **_others(drawn, x, kept, tried, effort.epochs, seed)})
    return {
        "samples": {"public": len(x.own), "stored": len(x.stored), "texts": len(x.texts)},
        "linkage": rows,
        "known_pairs": _known(x, options[1][1], seed),
        "others": others,
    }


def _verdict(row: dict[str, Any]) -> dict[str, Any]:
    """`safe`: no attack that was tried links better than chance, within its interval."""
    attacks_ = (row["direct"], row["aligned"])
    return {
        "safe": all(attack["no_better"] for attack in attacks_),
        "strongest": max(attacks_, key=lambda attack: attack["above"]["value"]),
    }


def _linkage(x: Encoded, how: Hiding | None, themes: Any, truth: Any, rounds: int, seed: int) -> dict[str, Any]:
    kept = _hide(how, x.stored)
    size = _rehearse(x.own, how, seed)

    def guess(rng: np.random.Generator) -> Linkage:
        rows = attacks.some(kept, rng)
        return attacks.linkage(*attacks.same_shape(x.stored[rows], kept[rows], int(rng.integers(1 << 30))), seed)

    def align(rng: np.random.Generator) -> Linkage:
        own, rows = attacks.some(x.own, rng), attacks.some(kept, rng)
        return attacks.linkage(*attacks.align(x.own[own], x.stored[rows], kept[rows], size), seed)

    same = kept.shape == x.stored.shape
    direct = attacks.linkage(x.stored, kept, seed) if same else attacks.often(guess, rounds, seed)
    aligned = attacks.often(align, rounds, seed)
    # A head learns from what is stored, and is asked about what the prefilter sees: hidden by the same secret, but
    # nobody adds noise to that.
    asked = how.hide(x.stored) if isinstance(how, Projection) else attacks.unit(x.stored)
    told = attacks.accuracy(_hide(how, x.own) if how else attacks.unit(x.own), themes, asked, truth)
    return {"direct": _linked(direct), "aligned": _linked(aligned), "accuracy": told.as_dict()}


def _rehearse(own: X, how: Hiding | None, seed: int) -> int:
    """How many axes to align: what works best on the attacker's own vectors, hidden under a secret of their own."""
    half = len(own) // 2
    mine, theirs = own[::2][:half], own[1::2][:half]
    if isinstance(how, Projection):
        how = Projection(how.centre, how.axes, REHEARSAL)
    kept = _hide(how, theirs)
    scores = {
        size: attacks.linkage(*attacks.align(mine, theirs, kept, size), seed).above.value
        for size in AXES
        if size < min(half, kept.shape[1])
    }
    return max(scores, key=lambda size: scores[size])


def _known(x: Encoded, how: Hiding | None, seed: int) -> list[dict[str, Any]]:
    kept = _hide(how, x.stored)
    found = []
    for pairs in (n for n in PAIRS if n < len(x.stored) // 2):
        attack = attacks.linkage(*attacks.learn_map(x.stored, kept, pairs, seed), seed)
        found.append({"pairs": pairs, **_linked(attack)})
    return found


def _others(s: Samples, x: Encoded, kept: list[Any], tried: list[Any], epochs: int, seed: int) -> dict[str, Any]:
    stored, again, texts = _hide(kept[0], x.stored), _hide(kept[0], x.again), _hide(kept[1], x.texts)
    own, own_texts = _hide(tried[0], x.own), _hide(tried[1], x.own_texts)
    markets, counts = np.unique(s.markets, return_counts=True)
    enough = np.isin(s.markets, markets[counts >= 4])
    seen = inversion.decode_pictures(own, inversion.pixels(s.public), stored, inversion.pixels(s.stored), epochs, seed)
    read = inversion.decode_texts(own_texts, s.public_texts, texts, s.texts, epochs, seed)
    # Pictures by one author: does the store tell that two are from the same?
    pairs = attacks.linkage(again, stored[: len(again)], seed)
    return {
        "market": attacks.attribute(texts[enough], np.array(s.markets)[enough], seed).as_dict(),
        "author": _linked(pairs),
        "membership": attacks.membership(stored, np.array(s.stored_labels), seed).as_dict(),
        "pictures": {
            "by": {
                name: {"likeness": drawn.likeness.as_dict(), "found": drawn.found.as_dict()}
                for name, drawn in seen.by.items()
            },
            "rows": [[_png(picture) for picture in row] for row in seen.rows],
        },
        "texts": {"by": {name: found.as_dict() for name, found in read.by.items()}, "examples": read.examples},
    }


def _hide(how: Hiding | None, x: X) -> X:
    # As the store keeps them.
    return (how.hide(x) if how else x).astype(np.float16).astype(np.float32)


def _linked(attack: Linkage) -> dict[str, Any]:
    return {"first": attack.first.as_dict(), "above": attack.above.as_dict(), "no_better": attack.no_better}


def _png(picture: Image.Image) -> str:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()
