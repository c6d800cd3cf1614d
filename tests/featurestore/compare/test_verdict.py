import dataclasses

import numpy as np

from featurestore.compare.comparison import compare
from featurestore.compare.counting import count
from featurestore.compare.estimate import Estimate
from featurestore.compare.needed import more_for, needed, times_until
from featurestore.compare.slices import Slice, Standing
from featurestore.compare.verdict import Word, verdict
from tests.featurestore.compare.streams import stream


def said(standings: dict[str, Standing], **changes: object) -> str:
    found = compare(stream(40_000, b_better=0.5))
    slices = [
        Slice("market", name, 10, 5, Estimate(0, -1, 1), 1.0, standing, (0, 0), (0, 0), 180 + 10 * n)
        for n, (name, standing) in enumerate(standings.items())
    ]
    made = verdict(
        found.evidence, found.noninferiority, dict(found.estimates), slices, None, 0, False, ("7", "8"), "faces"
    )
    return made.text


def test_a_small_slice_is_named_with_what_would_settle_it() -> None:
    text = said({"Japan": Standing.TOO_FEW, "Denmark": Standing.BETTER})
    assert text.endswith("Japan is too small to tell yet: about 180 more labels there would settle it.")


def test_many_small_slices_are_counted() -> None:
    text = said(dict.fromkeys(["Japan", "Peru", "Chile", "Iceland", "Malta"], Standing.TOO_FEW))
    assert "Japan (about 180 more labels), Peru (about 190 more labels) and Chile (about 200 more labels)" in text
    assert text.endswith(", and 2 others.")


def test_a_slice_that_is_worse_speaks_against_it() -> None:
    text = said({"Japan": Standing.WORSE, "iOS": Standing.WORSE})
    assert "It is worse for Japan and iOS: look there before you promote it." in text


def test_one_that_was_better_and_then_worse_is_called_changed() -> None:
    first, then = stream(30_000, b_better=0.5, days=5), stream(90_000, seed=1, b_better=-0.5, days=5)
    then.day[:] += np.timedelta64(5, "D")
    both = dataclasses.replace(
        first,
        **{
            field.name: np.concatenate([getattr(first, field.name), getattr(then, field.name)])
            for field in dataclasses.fields(first)
            if field.name not in ("strata", "slices")
        },
        slices={},
    )
    found = compare(both, names=("version 7", "version 8"))
    assert found.verdict.word == Word.CHANGED
    assert found.verdict.headline.startswith("Version 8 was better at one time and version 7 at another")


def test_a_forecast_is_about_what_it_then_takes() -> None:
    """Foreseen from a small stream, then the stream grows by as much: it is known."""
    small = count(stream(300, seed=1, b_better=0.35))
    foreseen = needed(small, 0.001)
    assert foreseen is not None
    assert foreseen.what == "better"
    grown = count(stream(300 + 3 * foreseen.uploads, seed=6, b_better=0.35))
    assert needed(grown, 0.001) is None
    text = compare(stream(300, seed=1, b_better=0.35)).verdict.text
    assert f"about {foreseen.labels:,} more labels" in text


def test_a_year_is_called_too_long() -> None:
    far = compare(stream(500, seed=3, b_better=0.15))
    assert far.needed is not None
    assert far.needed.days > 365
    assert far.verdict.text.endswith("more than a year would show that it is not worse.")


def test_times_until() -> None:
    assert times_until(lambda times: times, 0.5) == 1
    found = times_until(lambda times: times, 7.3)
    assert found is not None
    assert abs(found - 7.3) < 1e-3
    assert times_until(lambda times: 0.0, 1.0) is None


def test_more_labels_shrink_an_interval_by_the_root() -> None:
    assert more_for(100, 0.02, 0.01, 0.001) == 300
    assert more_for(100, 0.02, 0.0, 0.005) == 1500
    assert more_for(0, 0.02, 0.01, 0.001) == 3
