"""Boxes and spans: whatever a detector says, the text stays the text and no box leaves the picture."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.desk.marks import WIDE, Piece, overlay_height, pieces, rects

SPANS = st.lists(
    st.fixed_dictionaries(
        {"start": st.integers(-5, 40), "end": st.integers(-5, 40), "label": st.sampled_from(["", "rude", "insult"])}
    ),
    max_size=6,
)
SHARES = st.floats(-2, 3, allow_nan=False)
BOXES = st.lists(st.fixed_dictionaries(dict.fromkeys("xywh", SHARES) | {"label": st.text(max_size=3)}), max_size=5)


@given(st.text(max_size=30), SPANS)
def test_the_pieces_are_the_text(text, spans):
    found = pieces(text, spans)
    assert "".join(piece.text for piece in found) == text
    inside = {at for s in spans for at in range(max(0, s["start"]), min(len(text), s["end"]))}
    marked, at = set(), 0
    for piece in found:
        if piece.label:
            marked |= set(range(at, at + len(piece.text)))
        at += len(piece.text)
    assert marked == inside


@given(BOXES, st.integers(0, 3000), st.integers(0, 3000))
def test_boxes_stay_inside(boxes, width, height):
    tall = overlay_height(width, height)
    for rect in rects(boxes, "flag", width, height):
        assert 0 <= rect.x <= rect.x + rect.w <= WIDE + 0.2
        assert 0 <= rect.y <= rect.y + rect.h <= tall + 0.2
        assert rect.label_y >= 0


def test_spans_that_overlap_are_one_mark():
    spans = [{"start": 0, "end": 5, "label": "rude"}, {"start": 3, "end": 8, "label": "insult"}]
    assert pieces("abcdefghij", spans) == [Piece("abcdefgh", "rude, insult"), Piece("ij")]


def test_evidence_of_the_other_kind_is_passed_over():
    assert rects([{"start": 1, "end": 2}, "?", None], "flag", 10, 10) == []
    assert pieces("abc", [{"x": 0, "y": 0, "w": 1, "h": 1}, None]) == [Piece("abc")]
