"""Why something waits, in words that a person reads in a second."""

import pytest

from moderation.desk.queue import submissions
from moderation.desk.why import lines, short, suspected

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts_of(waiting):
    def parts_of(*found, **fields):
        one = waiting(found=found, **fields)
        return list(submissions().whole().get(id=one.id).parts.all())

    return parts_of


def said(parts) -> list[str]:
    return [f"{line.shape} {line.title} {line.says}".strip() for line in lines(parts)]


def test_a_doubt_is_said_as_a_doubt_and_the_rest_as_clear(parts_of):
    parts = parts_of(
        ("image:0", "face", "flag", "face", []), ("image:0", "quality", "pass", "", []),
        ("title", "profanity", "pass", "", []), pictures=1,
    )  # fmt: skip
    assert said(parts) == [
        "◐ A real person's face, unsure. In the picture.",
        "○ Everything else is clear. Every picture shows something and no rude word.",
    ]


def test_the_same_of_several_parts_is_one_line(parts_of):
    parts = parts_of(*[(f"image:{n}", "face", "flag", "face", []) for n in (0, 2)], pictures=3)
    assert said(parts) == ["◐ A real person's face, unsure. In picture 1 and picture 3."]


def test_the_surest_comes_first(parts_of):
    parts = parts_of(
        ("title", "profanity", "flag", "rude", []), ("image:0", "quality", "error", "", []),
        ("image:0", "face", "reject", "face", []), pictures=1,
    )  # fmt: skip
    assert [line.verdict for line in lines(parts)] == ["reject", "error", "flag"]
    assert suspected(parts, ["rude", "face"]) == "face"
    assert suspected(parts, ["rude"]) == "rude"
    assert short(parts) == "A real person's face, quality failed, Rude words?"


def test_an_error_is_said_plainly(parts_of):
    [line] = lines(parts_of(("image:0", "face", "error", "", []), pictures=1))
    assert line.title == "The face detector failed on the picture."
    assert "look closely" in line.says


def test_a_detector_that_failed_on_one_part_is_not_clear(parts_of):
    parts = parts_of(("image:0", "face", "error", "", []), ("image:1", "face", "pass", "", []), pictures=2)
    assert not any("no real face" in line.says.lower() for line in lines(parts))


def test_when_nothing_looked_it_says_so(parts_of):
    [line] = lines(parts_of(pictures=1))
    assert line.title == "No detector has looked at this."


def test_when_nothing_was_found_it_says_why_it_is_here_all_the_same(parts_of):
    assert said(parts_of(("title", "profanity", "pass", "", [])))[-1].startswith("○ A person decides every upload.")
    assert suspected(parts_of(("title", "profanity", "pass", "", [])), ["rude"]) is None


def test_only_the_champion_counts(parts_of):
    from moderation.prefilter.models import Finding

    parts_of(("title", "profanity", "flag", "rude", []))
    Finding.objects.update(alias="challenger", counted=False)
    one = submissions().whole().get()
    assert [line.title for line in lines(list(one.parts.all()))] == ["No detector has looked at this."]
