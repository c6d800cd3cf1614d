"""Half of one theme and half of another: "a unicorn with a fish's legs". Pure: no Django."""

from collections.abc import Mapping, Sequence

import numpy as np

PARENT = 0.2  # a creation has a theme in it from this probability on
BOTH = 0.75  # together they must explain so much of it
OFTEN = 0.5  # of a card's creations


def parents(scores: Sequence[Mapping[str, float]]) -> tuple[str, str] | None:
    """The two themes that most of a card's creations have in them both, each; or None.

    Every creation must have both: a card of which half is one theme and half another has been badly cut, and is no mix.
    """
    votes: dict[tuple[str, str], int] = {}
    for one in scores:
        best = sorted(one, key=lambda slug: (-one[slug], slug))[:2]
        if len(best) == 2 and one[best[1]] >= PARENT and one[best[0]] + one[best[1]] >= BOTH:
            pair = (min(best), max(best))
            votes[pair] = votes.get(pair, 0) + 1
    if not votes:
        return None
    pair = max(votes, key=lambda one: (votes[one], one))
    return pair if votes[pair] >= np.ceil(OFTEN * len(scores)) else None
