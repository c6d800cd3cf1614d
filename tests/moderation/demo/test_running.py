"""The command against a whole running BrickMod with its demo."""

import pytest

pytestmark = pytest.mark.models


def test_a_second_run_finds_it_there(live):
    assert "already there" in live.manage("demo")


def test_good_live_uploads_wait_for_people(live):
    said = live.manage("demo", "--live", "--count", "3", "--rate", "600", "--bad", "0", "--seed", "5")
    assert said.splitlines()[-1] == "3 queued"
    assert len(said.splitlines()) == 4


def test_of_a_burst_of_black_pictures_none_is_lost(live):
    said = live.manage("demo", "--burst", "black:12")
    assert "12 of 12 taken in" in said
    # One that is in the random audit sample waits for a person, whatever was found.
    counts = {status: int(number) for number, status in (part.split() for part in said.splitlines()[-1].split(", "))}
    assert counts["rejected"] >= 8
    assert counts["rejected"] + counts.get("queued", 0) == 12
