"""The detector as production runs it: verdicts, evidence, speed."""

import pytest

from featurestore.encoders.text_samples import SAMPLES
from moderation.detectors.base import Text
from moderation.detectors.profanity.detector import LONGEST, Profanity
from moderation.detectors.profanity.lines import names, read_all

RUDE = 28  # the one sample that is

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def detector(models) -> Profanity:
    detector = Profanity()
    detector.load()
    return detector


def _look(detector: Profanity, text: str, language: str = "en"):
    (finding,) = detector.look_many([Text(text, language)])
    return finding


def test_a_strong_word_is_rejected_and_shown(detector):
    text = "what a f.u.c.k castle"
    finding = _look(detector, text)
    assert (finding.verdict, finding.reason) == ("reject", "rude")
    assert [text[span.start : span.end] for span in finding.evidence] == ["f.u.c.k"]
    assert "joined" in finding.note


def test_a_doubtful_word_goes_to_a_person(detector):
    finding = _look(detector, "look at my cock")
    assert finding.verdict in ("flag", "reject")
    assert finding.evidence


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "nobody likes you and your build is garbage, just quit"),
        ("da", "du er så grim og ingen gider lege med dig"),
        ("de", "keiner will mit dir spielen, du bist hässlich und dumm"),
        ("es", "nadie quiere jugar contigo porque das asco"),
        ("pl", "nikt cię nie lubi, jesteś brzydki i głupi"),
        ("zh", "没人喜欢你,你又丑又笨"),
    ],
)
def test_an_insult_without_a_listed_strong_word_does_not_pass(detector, language, text):
    assert _look(detector, text, language).verdict != "pass"


def test_kind_texts_that_it_never_saw_pass(detector):
    assert [text for text in SAMPLES if _look(detector, text, "").verdict != "pass"] == [SAMPLES[RUDE]]


def test_kind_texts_pass(detector):
    rows = [(text, language) for language, text, rude in read_all() if not rude]
    rows += [(name, "en") for name in names(300, seed=11)]
    findings = detector.look_many([Text(*row) for row in rows])
    stopped = [row for row, finding in zip(rows, findings, strict=True) if finding.verdict != "pass"]
    assert len(stopped) <= 0.01 * len(rows)
    assert all(finding.reason == "" and finding.evidence == () for finding in findings if finding.verdict == "pass")


def test_the_batch_says_what_single_looks_say(detector):
    texts = [Text("you stupid idiot"), Text("", "da"), Text("a castle"), Text("f u c k", "de")]
    together = detector.look_many(texts)
    assert together == [detector.look_many([text])[0] for text in texts]


def test_a_given_vector_is_used(detector):
    version = detector._encoder.version
    vector = detector._encoder.encode(["you are ugly and stupid, I hate you"])[0]
    assert _look(detector, "a castle").score < 0.1
    (finding,) = detector.look_many([Text("a castle", "en", {version: vector})])
    assert finding.score > 0.5


def test_what_is_too_long_goes_to_a_person(detector):
    finding = _look(detector, "a castle and a tower " * (LONGEST // 20))
    assert finding.verdict == "flag"
    assert "too long" in finding.note


def test_a_rude_sentence_in_the_middle_of_a_long_text_is_found(detector):
    kind = "My castle has a tower and a bridge and a garden with flowers. " * 12
    assert _look(detector, kind).verdict == "pass"
    assert _look(detector, kind + "You are so stupid and ugly, go and die. " + kind).verdict != "pass"
