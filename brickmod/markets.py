"""The countries from which children send: their languages, their clock; and which codes and tags are real.

Pure data and questions about it. A market that is not listed here still works: what CLDR knows of the country is taken.
"""

from functools import cache
from typing import NamedTuple

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from langcodes import Language, LanguageTagError


class Market(NamedTuple):
    """`languages`: BCP 47, the most used one first. `zone`: IANA, where most of the people live."""

    name: str
    languages: tuple[str, ...]
    zone: str


MARKETS: dict[str, Market] = {
    "AR": Market("Argentina", ("es",), "America/Argentina/Buenos_Aires"),
    "AT": Market("Austria", ("de",), "Europe/Vienna"),
    "AU": Market("Australia", ("en",), "Australia/Sydney"),
    "BE": Market("Belgium", ("nl", "fr", "de"), "Europe/Brussels"),
    "BG": Market("Bulgaria", ("bg",), "Europe/Sofia"),
    "BR": Market("Brazil", ("pt-BR",), "America/Sao_Paulo"),
    "CA": Market("Canada", ("en", "fr"), "America/Toronto"),
    "CH": Market("Switzerland", ("de", "fr", "it"), "Europe/Zurich"),
    "CL": Market("Chile", ("es",), "America/Santiago"),
    "CN": Market("China", ("zh",), "Asia/Shanghai"),
    "CO": Market("Colombia", ("es",), "America/Bogota"),
    "CY": Market("Cyprus", ("el", "tr"), "Asia/Nicosia"),
    "CZ": Market("Czechia", ("cs",), "Europe/Prague"),
    "DE": Market("Germany", ("de",), "Europe/Berlin"),
    "DK": Market("Denmark", ("da",), "Europe/Copenhagen"),
    "ES": Market("Spain", ("es", "ca", "gl", "eu"), "Europe/Madrid"),
    "FI": Market("Finland", ("fi", "sv"), "Europe/Helsinki"),
    "FR": Market("France", ("fr",), "Europe/Paris"),
    "GB": Market("United Kingdom", ("en", "cy"), "Europe/London"),
    "GR": Market("Greece", ("el",), "Europe/Athens"),
    "HK": Market("Hong Kong", ("zh-Hant", "en"), "Asia/Hong_Kong"),
    "HR": Market("Croatia", ("hr",), "Europe/Zagreb"),
    "HU": Market("Hungary", ("hu",), "Europe/Budapest"),
    "IE": Market("Ireland", ("en", "ga"), "Europe/Dublin"),
    "IT": Market("Italy", ("it", "de"), "Europe/Rome"),
    "JP": Market("Japan", ("ja",), "Asia/Tokyo"),
    "KR": Market("South Korea", ("ko",), "Asia/Seoul"),
    "LU": Market("Luxembourg", ("fr", "de", "lb"), "Europe/Luxembourg"),
    "MX": Market("Mexico", ("es",), "America/Mexico_City"),
    "NL": Market("Netherlands", ("nl",), "Europe/Amsterdam"),
    "NO": Market("Norway", ("nb", "nn"), "Europe/Oslo"),
    "NZ": Market("New Zealand", ("en", "mi"), "Pacific/Auckland"),
    "PL": Market("Poland", ("pl",), "Europe/Warsaw"),
    "PT": Market("Portugal", ("pt",), "Europe/Lisbon"),
    "RO": Market("Romania", ("ro",), "Europe/Bucharest"),
    "RU": Market("Russia", ("ru",), "Europe/Moscow"),
    "SE": Market("Sweden", ("sv",), "Europe/Stockholm"),
    "SI": Market("Slovenia", ("sl",), "Europe/Ljubljana"),
    "SK": Market("Slovakia", ("sk",), "Europe/Bratislava"),
    "TR": Market("Türkiye", ("tr",), "Europe/Istanbul"),
    "TW": Market("Taiwan", ("zh-Hant",), "Asia/Taipei"),
    "UA": Market("Ukraine", ("uk", "ru"), "Europe/Kyiv"),
    "US": Market("United States", ("en", "es"), "America/New_York"),
}

# Where most people live, for countries with several zones that are no listed market.
_MAIN_ZONES = {
    "AQ": "Antarctica/McMurdo",
    "CD": "Africa/Kinshasa",
    "EC": "America/Guayaquil",
    "FM": "Pacific/Chuuk",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MY": "Asia/Kuala_Lumpur",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "UM": "Pacific/Wake",
    "UZ": "Asia/Tashkent",
}

# Two letters in CLDR that are no country of ISO 3166-1: islands with a code of their own kind, unions, test codes.
_NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
# Tags that name no language: undetermined, several, none, not coded.
_NO_LANGUAGE = {"und", "mul", "zxx", "mis"}
MAX_TAG = 35


@cache
def _countries() -> frozenset[str]:
    names = map(str, Locale("en").territories)
    return frozenset(code for code in names if len(code) == 2 and code.isalpha() and code not in _NOT_ISO)


def is_market(code: str) -> bool:
    """Whether `code` is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in _countries()


def is_language(tag: str) -> bool:
    """Whether `tag` is a valid BCP 47 tag of a real language: "da", "pt-BR"; not "und", "x-a", "qaa" or "en_US"."""
    if len(tag) > MAX_TAG or not tag.isascii() or not tag.replace("-", "").isalnum():
        return False
    try:
        language = Language.get(tag)
    except (LanguageTagError, ValueError):
        return False
    primary = language.language or ""
    private = "qaa" <= primary <= "qtz" and len(primary) == 3
    return len(primary) in (2, 3) and primary not in _NO_LANGUAGE and not private and language.is_valid()


def name(market: str) -> str:
    """In English; the code itself for what is no market."""
    if listed := MARKETS.get(market):
        return listed.name
    return Locale("en").territories[market] if is_market(market) else market


def languages(market: str) -> tuple[str, ...]:
    """BCP 47, the most used first. ("en",) where nothing is known: it is never empty."""
    if listed := MARKETS.get(market):
        return listed.languages
    if not is_market(market):
        return ("en",)
    official = (tag.replace("_", "-") for tag in get_official_languages(market, de_facto=True))
    return tuple(tag for tag in official if is_language(tag)) or ("en",)


def zone(market: str) -> str:
    """The IANA time zone in which most of the market's people live; "UTC" where none is known."""
    if listed := MARKETS.get(market):
        return listed.zone
    if main := _MAIN_ZONES.get(market):
        return main
    known = get_global("territory_zones").get(market, []) if is_market(market) else []
    return known[0] if known else "UTC"
