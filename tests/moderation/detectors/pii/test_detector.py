"""The detector as production runs it: what is found, where, and what follows."""

import pytest

from moderation.detectors.base import Text
from moderation.detectors.pii.detector import LONGEST, Pii
from moderation.detectors.pii.words import languages
from tests.moderation.detectors.pii.sentences import INNOCENT, NAMED, PERSONAL


@pytest.fixture(scope="module")
def detector() -> Pii:
    detector = Pii()
    detector.load()
    return detector


def look(detector: Pii, text: str, language: str = "en"):
    (finding,) = detector.look_many([Text(text, language)])
    return finding, {(span.label, text[span.start : span.end]) for span in finding.evidence}


def test_the_tables_have_every_language():
    assert len(languages()) == 26
    assert {row[0] for row in PERSONAL} == {row[0] for row in NAMED} == {row[0] for row in INNOCENT} == set(languages())


@pytest.mark.parametrize(("language", "text", "wanted"), PERSONAL, ids=[row[0] for row in PERSONAL])
def test_what_a_child_must_not_publish_is_found_and_rejected(detector, language, text, wanted):
    finding, found = look(detector, text, language)
    assert wanted <= found
    assert (finding.verdict, finding.reason) == ("reject" if language != "zh" else finding.verdict, "personal_data")


@pytest.mark.parametrize(("language", "text", "name"), NAMED, ids=[row[0] for row in NAMED])
def test_a_full_name_that_is_told_as_ones_own_goes_to_a_person(detector, language, text, name):
    finding, found = look(detector, text, language)
    assert ("name", name) in found
    assert (finding.verdict, finding.reason) == ("flag", "personal_data")


@pytest.mark.parametrize(("language", "text"), INNOCENT)
def test_what_harms_nobody_passes(detector, language, text):
    assert look(detector, text, language)[0].verdict == "pass"


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("write emma(at)gmail(dot)com", "email", "emma(at)gmail(dot)com"),
        ("emma dot k at gmail dot com", "email", "emma dot k at gmail dot com"),
        ("emma.k@school.dk is mine", "email", "emma.k@school.dk"),
        ("mine is em1ma @ gmail . com", "email", "em1ma @ gmail . com"),
        ("zero six one two 34 56 78", "phone", "zero six one two 34 56 78"),
        (
            "call o six one two three four five six seven eight",
            "phone",
            "o six one two three four five six seven eight",
        ),
        ("0 6 1 2 3 4 5 6 8 8", "phone", "0 6 1 2 3 4 5 6 8 8"),
        ("call ０１５１ ２３４５６７８９", "phone", "０１５１ ２３４５６７８９"),
        ("0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣8️⃣8️⃣", "phone", "0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣8️⃣8️⃣"),
        ("٠٦١٢٣٤٥٦٨٨ call me", "phone", "٠٦١٢٣٤٥٦٨٨"),
        ("+45 22 34 51 78", "phone", "+45 22 34 51 78"),
        ("add me on discord: BrickMaster#1234", "handle", "BrickMaster#1234"),
        ("my snap is brick_master99", "handle", "brick_master99"),
        ("@coolkid99 is me", "handle", "@coolkid99"),
        ("see www.mybricks.com/video", "url", "www.mybricks.com/video"),
        ("my site is bricks dot com", "url", "bricks dot com"),
        ("I go to Lincoln Elementary School", "school", "Lincoln Elementary School"),
        ("My birthday is 12 March", "birthday", "12 March"),
        ("I am nine years old", "age", "nine"),
        ("meet me at the park", "meet", "meet me"),
        ("IBAN GB33BUKB20201555555555", "number", "GB33BUKB20201555555555"),
        ("card 4111 1111 1111 1111", "number", "4111 1111 1111 1111"),
        ("it is on 192.168.12.7", "ip", "192.168.12.7"),
    ],
)
def test_each_kind_is_found_where_it_stands(detector, text, kind, what):
    finding, found = look(detector, text)
    assert (kind, what) in found
    assert (finding.verdict == "pass") == (kind == "age")


def test_a_web_address_alone_is_an_advert(detector):
    assert look(detector, "see www.mybricks.com")[0].reason == "advert"
    assert look(detector, "see www.mybricks.com or emma@gmail.com")[0].reason == "personal_data"


def test_a_first_name_and_an_age_alone_pass_but_together_with_a_school_they_tell_who_it_is(detector):
    assert look(detector, "by Emma")[0].verdict == "pass"
    assert look(detector, "I am 9 years old")[0].verdict == "pass"
    finding, _ = look(detector, "Nørrebro Skole, 9 år", "da")
    assert finding.verdict == "flag"
    assert finding.note == "together: school, age"


def test_what_is_disguised_is_said_to_be(detector):
    assert "disguised" in look(detector, "emma at gmail dot com")[0].note
    assert "in words" in look(detector, "zero six one two 34 56 78")[0].note


def test_a_text_too_long_to_be_read_whole_goes_to_a_person(detector):
    finding, _ = look(detector, "a brick on a brick " * (LONGEST // 19 + 2))
    assert (finding.verdict, finding.note) == ("flag", "too long to be read whole")


def test_the_batch_says_what_single_looks_say(detector):
    texts = [Text(text, language) for language, text, _ in PERSONAL[:8]] + [Text("", "da"), Text("a castle")]
    assert detector.look_many(texts) == [detector.look_many([text])[0] for text in texts]
