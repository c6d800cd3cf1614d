"""Each listed word has a kind, and each kind that is told has a reason with texts."""

import pytest

from moderation.detectors.profanity.find import find
from moderation.detectors.profanity.kinds import KINDS, beginnings, kind_of, worst
from moderation.detectors.profanity.words import LANGUAGES, read_own
from moderation.feedback import shipped


def test_every_language_has_words_of_every_kind():
    for language in LANGUAGES:
        found = {kind_of(entry) for entry in read_own(language) if entry.level in ("strong", "rude")}
        assert found == set(KINDS), language
    assert {language for _, language in beginnings()} == set(LANGUAGES)


def test_every_kind_is_a_reason():
    assert set(KINDS) <= {why.code for why in shipped.reasons()}


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("f.u.c.k this tower", "en", "rude"),
        ("you are an assh0le", "en", "insult"),
        ("watch p0rn here", "en", "sexual"),
        ("du Hurensohn", "de", "insult"),
        ("din perker", "da", "slur"),
        ("개새끼", "ko", "insult"),
    ],
)
def test_what_is_told_is_the_worst_that_was_found(text, language, kind):
    assert worst(find(text, (language,))) == kind


def test_nothing_found_is_rude():
    assert worst([]) == "rude"
