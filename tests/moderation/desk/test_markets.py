from babel.core import get_global

from moderation.desk.markets import MAIN_ZONES, language_name, market_name, zone


def test_every_market_has_a_clock():
    for market in get_global("territory_zones"):
        assert zone(market).key


def test_a_market_with_several_zones_has_the_one_where_most_live():
    several = {market for market, zones in get_global("territory_zones").items() if len(zones) > 1}
    assert several - set(MAIN_ZONES) <= {"001", "AQ", "KI", "MH", "UM", "ZZ"}  # the world, and hardly anybody


def test_what_nobody_knows_is_shown_as_it_is():
    assert (zone("QQ").key, market_name("QQ"), language_name("qq-x"), language_name("")) == ("UTC", "QQ", "qq-x", "")


def test_names():
    assert (market_name("dk"), language_name("da-DK"), language_name("pt-BR")) == (
        "Denmark",
        "Danish",
        "Brazilian Portuguese",
    )
