"""Which veils lie over a picture."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.care.veils import HOUSE, VEILS, chosen, classes, differing

boxes = st.fixed_dictionaries({name: st.booleans() for name in HOUSE})
by_reason = st.dictionaries(
    st.sampled_from(["face", "nudity", "rude"]), st.fixed_dictionaries({v: st.booleans() for v in VEILS})
)


def test_who_chose_nothing_sees_what_was_flagged_blurred():
    assert classes({}, ["nudity"], flagged=True) == "veil veil-blur veil-hover"
    assert classes({}, [], flagged=False) == ""


@pytest.mark.parametrize(
    ("own", "reasons", "flagged", "expected"),
    [
        ({"blur": False}, ["rude"], True, ""),
        ({"grey": True, "hover": False}, ["rude"], True, "veil veil-blur veil-grey"),
        ({"blur": False, "reasons": {"nudity": {"blur": True, "small": True}}}, ["rude"], True, ""),
        (
            {"blur": False, "reasons": {"nudity": {"small": True}}},
            ["nudity", "rude"],
            True,
            "veil veil-small veil-hover",
        ),
        ({"reasons": {"bad_picture": {"blur": False}}}, ["bad_picture"], True, ""),
        ({"reasons": {"bad_picture": {"blur": False}}}, ["bad_picture", "face"], True, "veil veil-blur veil-hover"),
        ({"all": True}, [], False, "veil veil-blur veil-hover"),
        ({"reasons": "nonsense", "blur": "yes"}, ["rude"], True, "veil veil-blur veil-hover"),
    ],
)
def test_what_a_person_chose(own, reasons, flagged, expected):
    assert classes(own, reasons, flagged) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(boxes, by_reason)
def test_what_is_kept_reads_as_it_was_ticked(wanted, reasons):
    own = differing(wanted, reasons)
    assert {name: chosen(own, name) for name in HOUSE} == wanted
    for code, veils in reasons.items():
        on = classes(own, [code], flagged=True)
        assert {v for v in VEILS if f"veil-{v}" in on} == {v for v, ticked in veils.items() if ticked}
