"""What a market and a language tag mean to a person: names, and the clock on the wall there."""

from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from django.utils.translation import get_language

# Where most of a market's children live, for markets with several zones.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


@cache
def zone(market: str) -> ZoneInfo:
    """The time zone of a market (ISO 3166); UTC for one that we do not know."""
    zones = get_global("territory_zones").get(market.upper(), [])
    return ZoneInfo(MAIN_ZONES.get(market.upper()) or (zones[0] if zones else "UTC"))


def market_name(market: str) -> str:
    """In the language of who looks."""
    return _market(market, get_language() or "en")


def language_name(tag: str) -> str:
    """ "Brazilian Portuguese" for pt-BR, "Danish" for da, in the language of who looks; the tag itself when nobody
    knows it."""
    return _language(tag, get_language() or "en")


@cache
def _market(market: str, looks: str) -> str:
    return Locale.parse(looks, sep="-").territories.get(market.upper(), market)


@cache
def _language(tag: str, looks: str) -> str:
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    names = Locale.parse(looks, sep="-").languages
    return names.get(f"{locale.language}_{locale.territory}") or names.get(locale.language, tag)
