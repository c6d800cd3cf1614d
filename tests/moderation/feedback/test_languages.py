import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickmod.markets import MARKETS
from moderation.feedback.languages import chain


@pytest.mark.parametrize(
    ("language", "market", "tags"),
    [
        ("da", "", ["da", "en"]),
        ("da-DK", "DK", ["da-dk", "da", "en"]),
        ("zh-Hant", "", ["zh-hant", "zh", "en"]),
        ("zh-TW", "", ["zh-hant", "zh", "en"]),
        ("zh", "TW", ["zh-hant", "zh", "en"]),
        ("zh-Hans", "TW", ["zh-hans", "zh", "zh-hant", "en"]),
        ("yue", "HK", ["zh-hant", "zh", "en"]),
        ("nn", "NO", ["nn", "nb", "en"]),
        ("no", "", ["no", "nb", "en"]),
        ("pt", "BR", ["pt-br", "pt", "en"]),
        ("pt-PT", "BR", ["pt", "pt-br", "en"]),
        ("fo", "DK", ["fo", "da", "en"]),
        ("ga", "IE", ["ga", "en"]),
        ("", "fr", ["fr", "en"]),
        ("nonsense!", "DK", ["da", "en"]),
        ("und", "DK", ["da", "en"]),
        ("x-secret", "", ["en"]),
        ("de", "ZZ", ["de", "en"]),
    ],
)
def test_the_nearest_language_comes_first(language, market, tags):
    order = [tag for tag in chain(language, market) if tag in tags]
    assert order == tags
    assert chain(language, market)[-1] == "en" or "en" in tags


def test_a_tag_without_a_country_is_nowhere_in_particular():
    assert "pt-br" not in chain("pt"), "the likeliest Portuguese is Brazilian, but nobody said so"


@given(st.text(max_size=40), st.one_of(st.text(max_size=4), st.sampled_from(sorted(MARKETS))))
def test_it_never_raises_and_never_is_empty(language, market):
    tags = chain(language, market)
    assert "en" in tags
    assert len(set(tags)) == len(tags)
    assert all(tag == tag.lower() for tag in tags)
