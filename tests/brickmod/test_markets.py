from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from brickmod import markets
from brickmod.markets import MARKETS, is_language, is_market
from moderation.feedback import shipped

# CLDR's table of clocks, made elsewhere than our set, has every code of ISO 3166-1 but two islands without people.
COUNTRIES = sorted({code for code in get_global("territory_zones") if len(code) == 2 and code != "ZZ"} | {"BV", "HM"})


def test_the_promised_markets_are_listed():
    promised = "DK DE GB US ES FR IT NL PL PT BR SE NO FI CZ HU RO GR TR UA BG HR SK SI CN TW JP KR AT CH BE IE CA AU"
    assert set(promised.split()) <= set(MARKETS)


@pytest.mark.parametrize("code", MARKETS)
def test_a_listed_market_is_a_country_with_real_languages_and_a_real_clock(code):
    assert is_market(code)
    assert markets.name(code) == MARKETS[code].name
    assert MARKETS[code].languages
    assert all(is_language(tag) for tag in MARKETS[code].languages)
    assert MARKETS[code].zone in available_timezones()


@pytest.mark.parametrize("code", MARKETS)
def test_a_listed_markets_first_language_has_texts(code):
    assert MARKETS[code].languages[0] in shipped.languages()


def test_exactly_the_codes_of_iso_3166_are_markets():
    assert len(COUNTRIES) == 249
    assert all(is_market(code) for code in COUNTRIES)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert sum(is_market(a + b) for a in letters for b in letters) == 249


@pytest.mark.parametrize(
    "code", ["", "D", "dk", "DNK", "UK", "EU", "UN", "ZZ", "XK", "XA", "EZ", "001", "D1", "ÐK", " DK"]
)
def test_what_is_no_market(code):
    assert not is_market(code)


@given(st.text(max_size=5))
def test_any_text_may_be_asked_about(code):
    assert is_market(code) in (True, False)
    assert ZoneInfo(markets.zone(code))
    assert markets.languages(code)
    assert all(is_language(tag) for tag in markets.languages(code))
    assert markets.name(code) or not code


@given(st.sampled_from(COUNTRIES))
def test_every_country_has_a_language_and_a_clock(code):
    assert ZoneInfo(markets.zone(code))
    assert all(is_language(tag) for tag in markets.languages(code))
    assert markets.name(code) != code


def test_a_country_of_many_clocks_has_the_one_of_most_people_written_down():
    for code in COUNTRIES:
        zones = get_global("territory_zones").get(code, [])
        if len(zones) > 1:
            assert markets.zone(code) in zones, code
            assert code in MARKETS or code in markets._MAIN_ZONES, code


@pytest.mark.parametrize(
    "tag", ["da", "DA", "en-US", "pt-BR", "zh-Hant", "zh-Hant-TW", "sr-Latn-RS", "nb", "nn", "no", "fil", "es-419",
            "de-CH-1996", "ca-valencia", "tlh", "kl", "sl-rozaj-biske", "en-x-kids"],
)  # fmt: skip
def test_real_languages(tag):
    assert is_language(tag)


@pytest.mark.parametrize(
    "tag", ["", "-", "d", "danish", "xx", "xyz", "und", "mul", "zxx", "mis", "qaa", "qtz", "x-kids", "en_US", "da-",
            "-da", "da--DK", "da DK", "da-XX9", "en-Abcd", "ру", "da\n", "dа", "a" * 36, "en-" + "x-abcdefgh-" * 4],
)  # fmt: skip
def test_no_real_languages(tag):
    assert not is_language(tag)


@given(st.text(max_size=50))
def test_any_text_may_be_a_tag(tag):
    assert is_language(tag) in (True, False)


@given(
    st.sampled_from(["da", "zh", "pt", "sr"]),
    st.sampled_from(["", "-Latn", "-Hant"]),
    st.sampled_from(["", *(f"-{code}" for code in COUNTRIES)]),
)
def test_a_language_with_a_real_script_and_country_is_real(language, script, country):
    assert is_language(language + script + country)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-", max_size=40))
def test_what_is_real_can_be_stored(tag):
    assert not is_language(tag) or 2 <= len(tag) <= markets.MAX_TAG
