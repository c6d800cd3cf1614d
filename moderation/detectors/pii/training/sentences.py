"""Sentences of our own with made-up people in them: patterns in 26 languages (lines/), filled by Faker (MIT).

Names of every market stand in sentences of every language, because children's do; addresses are of the language's own
market, one in three of another. The same seed gives the same sentences.
"""

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from faker import Faker

from moderation.detectors.pii.gather import words_of
from moderation.detectors.pii.gold import Example, Marked, joined
from moderation.detectors.profanity.lines import names as set_names
from moderation.detectors.profanity.lines import read as kind_lines

LOCALES = {
    "da": ["da_DK"],
    "de": ["de_DE", "de_AT", "de_CH"],
    "en": ["en_GB", "en_US", "en_AU", "en_NZ", "en_IE", "en_CA"],
    "es": ["es_ES", "es_MX", "es_AR"],
    "fr": ["fr_FR", "fr_CA", "fr_CH"],
    "it": ["it_IT"],
    "nl": ["nl_NL", "nl_BE"],
    "pl": ["pl_PL"],
    "pt": ["pt_PT", "pt_BR"],
    "sv": ["sv_SE"],
    "nb": ["no_NO"],
    "fi": ["fi_FI"],
    "cs": ["cs_CZ"],
    "hu": ["hu_HU"],
    "ro": ["ro_RO"],
    "el": ["el_GR"],
    "tr": ["tr_TR"],
    "uk": ["uk_UA"],
    "ru": ["ru_RU"],
    "bg": ["bg_BG"],
    "hr": ["hr_HR"],
    "sk": ["sk_SK"],
    "sl": ["sl_SI"],
    "zh": ["zh_CN", "zh_TW"],
    "ja": ["ja_JP"],
    "ko": ["ko_KR"],
}
WIDE = frozenset({"zh", "ja", "ko"})
_LATIN = [
    locale for language, some in LOCALES.items() if language not in {*WIDE, "el", "uk", "ru", "bg"} for locale in some
]
_MARKED = {
    "name": "name",
    "first": "name",
    "last": "name",
    "address": "address",
    "street": "address",
    "corner": "address",
    "unit": "address",
    "zip": "address",
    "place": "place",
    "firm": "firm",
}
_SLOT = re.compile(r"\{(\w+)\}")
_TITLES = {
    "en": ["Mr.", "Mrs.", "Ms.", "Dr.", "Mr", "Mrs", "Miss"],
    "de": ["Frau", "Herr"],
    "fr": ["Madame", "M.", "Mme"],
    "es": ["la señora", "don"],
    "it": ["la signora", "il signor"],
}


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)


@cache
def _names(locale: str, pattern: str) -> tuple[str, ...]:
    found = {name for name in words_of(locale, "person", pattern) if "{" not in name and len(name) > 1}
    return tuple(sorted(found))


class Filler:
    """Makes what stands in the slots. `language` says whose addresses."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self._language, self._chance = language, chance
        self._own = LOCALES[language]

    def locale(self, foreign: float) -> str:
        """A market of the language's own, or with this chance another one that writes in Latin letters."""
        chance = self._chance
        if self._language in WIDE or chance.random() >= foreign:
            return chance.choice(self._own)
        return chance.choice(_LATIN)

    def fill(self, slot: str) -> str:
        made: dict[str, Callable[[], str]] = {
            "name": self.name,
            "first": self.first,
            "last": self.last,
            "address": self.address,
            "street": self.street,
            "place": self.place,
            "firm": self.firm,
            "zip": self.zip,
            "job": self.job,
            "title": self.title,
            "corner": lambda: f"the corner of {self.street()} and {self.street()}",
            "phone": self.phone,
            "date": self.date,
            "count": self.count,
            "nation": self.nation,
            "unit": lambda: f"{self._chance.choice(('Apt.', 'Suite', 'Flat', 'st.'))} {self._chance.randint(1, 999)}",
            "mail": lambda: str(_faker("en_US").email()),
            "number": self.number,
        }
        return made[slot]()

    def first(self) -> str:
        locale = self.locale(0.6)
        return self._chance.choice(_names(locale, "first_name") or _names("en_US", "first_name"))

    def last(self) -> str:
        locale = self.locale(0.6)
        return self._chance.choice(_names(locale, "last_name") or _names("en_US", "last_name"))

    def name(self) -> str:
        locale, chance = self.locale(0.6), self._chance
        faker = _faker(locale)
        first = chance.choice(_names(locale, "first_name") or _names("en_US", "first_name"))
        last = chance.choice(_names(locale, "last_name") or _names("en_US", "last_name"))
        if self._language in WIDE:
            return last + first if chance.random() < 0.9 else first
        if locale == "hu_HU" and self._language == "hu":
            return f"{last} {first}"
        form = chance.random()
        if form < 0.12:
            return f"{first} {chance.choice('ABCDEFGHJKLMNOPRSTVW')}{chance.choice(('.', '.', ''))} {last}"
        if form < 0.17:
            return f"{first} {last}-{chance.choice(_names(locale, 'last_name') or (last,))}"
        if form < 0.22:
            return f"{first} {chance.choice(('van', 'de', 'von', 'van de', 'ten', 'da', 'del', 'Mc', 'O'))} {last}"
        if form < 0.3:
            return str(faker.first_name()) + " " + str(faker.last_name())
        return f"{first} {last}"

    def street(self) -> str:
        locale = self.locale(0.33)
        if locale == "ko_KR":
            return str(_faker(locale).road_address())
        return str(_faker(locale).street_address()).replace("\n", " ")

    def address(self) -> str:
        chance, locale = self._chance, self.locale(0.33)
        faker = _faker(locale)
        if self._language in WIDE:
            return str(faker.address() if chance.random() < 0.5 else faker.street_address()).replace("\n", " ")
        street = str(faker.street_address()).replace("\n", " ")
        if chance.random() < 0.12:
            street = f"{chance.randint(1, 99999)} {street}"
        if chance.random() < 0.05:
            return chance.choice(
                ("PO Box {0}", "P.O. Box {0}", "PSC {0}, Box {1}\nAPO AE {2}", "Unit {0} Box {1}\nDPO AP {2}")
            ).format(chance.randint(10, 9999), chance.randint(10, 9999), chance.randint(10000, 99999))
        unit = (
            chance.choice((" Apt. {}", " Suite {}", ", Suite {}", "\n Apt. {}", "\nSuite {}", " Flat {}", ", st. {}"))
            if chance.random() < 0.2
            else ""
        )
        whole = street + unit.format(chance.randint(1, 999))
        way = chance.random()
        if way < 0.45:
            return whole
        zip_code, town = self._zip(locale), str(faker.city())
        town = town.upper() if chance.random() < 0.2 else town
        after = chance.choice(
            (
                ", {zip} {town}",
                " {zip} {town}",
                "\n{zip} {town}",
                ", {town}",
                "\n{town} {zip}",
                ", {town} {zip}",
                "\n {town}\n {country} {zip}",
                ", {town}, {country}",
                ", {town}, {country} {zip}",
            )
        )
        return whole + after.format(zip=zip_code, town=town, country=self.place())

    def zip(self) -> str:
        return self._zip(self.locale(0.5))

    def _zip(self, locale: str) -> str:
        faker = _faker(locale)
        return str(faker.postcode()) if hasattr(faker, "postcode") else str(self._chance.randint(1000, 99999))

    def place(self) -> str:
        own = self.locale(0.5)
        if self._language in WIDE:
            return str(_faker(own).city())
        some = _places(self._language) if self._chance.random() < 0.6 else ()
        town = self._chance.choice(some) if some else str(_faker(own).city())
        return town.upper() if self._chance.random() < 0.1 else town

    def firm(self) -> str:
        company = str(_faker("en_US" if self._chance.random() < 0.7 else self.locale(0.5)).company())
        if self._chance.random() < 0.4:
            word = self._chance.choice(_FIRM_WORDS) + self._chance.choice(_FIRM_ENDS)
            company = word + self._chance.choice(
                ("", "", " Inc.", " Inc", " Ltd", " GmbH", " Technologies", " Software", " Group", " LLC", " & Co")
            )
        return company

    def phone(self) -> str:
        return str(_faker(self.locale(0.5)).phone_number())

    def date(self) -> str:
        form = self._chance.choice(
            ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y", "%d.%m.%Y", "%Y", "%Y", "%d %B %Y", "%H:%M", "%d/%m/%y")
        )
        return str(_faker("en_US").date_time().strftime(form))

    def count(self) -> str:
        return str(self._chance.choice((self._chance.randint(2, 12), self._chance.randint(2, 3000))))

    def number(self) -> str:
        faker = _faker("en_US")
        return str(self._chance.choice((faker.credit_card_number, faker.iban, faker.ssn, faker.ipv4, faker.url))())

    def nation(self) -> str:
        return self._chance.choice(_NATIONS)

    def job(self) -> str:
        return str(_faker("en_US").job()).split(",")[0].split("/")[0]

    def title(self) -> str:
        return self._chance.choice(_TITLES.get(self._language, _TITLES["en"]))


_COLOURS = [
    "Light Gray",
    "Dark Red",
    "White",
    "Pearl Gold",
    "Black",
    "Sand Green",
    "Dark Bluish Gray",
    "Tan",
    "Bright Light Orange",
]
_PARTS = [
    "Head",
    "Torso",
    "Cape",
    "Body",
    "Dome",
    "Legs",
    "Hair",
    "Helmet",
    "Arm",
    "Plate",
    "Belt",
    "Uniform",
    "Tractor",
    "Outfit",
    "Claw",
    "Visor",
]
_SIGNS = ("> ", ">", "* ", "- ", "??? ", "# ", "| ", "  ", "• ")
_NATIONS = [
    "German",
    "Danish",
    "French",
    "Spanish",
    "Italian",
    "Dutch",
    "Polish",
    "Portuguese",
    "Swedish",
    "Norwegian",
    "Finnish",
    "Czech",
    "Hungarian",
    "Romanian",
    "Greek",
    "Turkish",
    "Ukrainian",
    "Russian",
    "Bulgarian",
    "Croatian",
    "Slovak",
    "Slovenian",
    "Chinese",
    "Japanese",
    "Korean",
    "American",
    "English",
    "British",
    "Irish",
    "Indian",
    "Mexican",
    "Canadian",
    "Australian",
    "African",
    "European",
    "Asian",
    "Scottish",
    "Welsh",
    "Austrian",
    "Swiss",
    "Belgian",
    "Icelandic",
    "Estonian",
    "Latvian",
    "Brazilian",
    "Argentine",
    "Egyptian",
    "Thai",
    "Vietnamese",
    "Israeli",
    "Arab",
]
_FIRM_WORDS = [
    "Data",
    "Solar",
    "Brick",
    "Cloud",
    "Green",
    "Blue",
    "Nova",
    "Micro",
    "Inter",
    "Trans",
    "Health",
    "Street",
    "Map",
    "Block",
    "Home",
    "Bio",
    "Geo",
    "Net",
    "Open",
    "Food",
    "Power",
    "Edu",
    "Air",
]
_FIRM_ENDS = [
    "",
    "tech",
    "works",
    "soft",
    "line",
    "hub",
    "lab",
    "scan",
    "path",
    "ly",
    "ify",
    "base",
    "desk",
    "craft",
    "link",
    "wise",
    "gram",
    "logic",
    "Mart",
    "Box",
    "cast",
]


@cache
def _places(language: str) -> tuple[str, ...]:
    from babel import Locale

    names = [name for code, name in Locale.parse(language).territories.items() if len(code) == 2]
    cities = sorted(
        {city for locale in LOCALES[language] for city in words_of(locale, "address", "^cities$|^city_names$")}
    )
    return (*names, *cities[:400])


def patterns(language: str) -> list[str]:
    lines = files(__package__).joinpath("lines", f"{language}.txt").read_text("utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line]


def composed(count: int, chance: random.Random) -> Iterator[str]:
    """Patterns that are put together out of who did what: more ways to say something than anybody would write down."""
    pieces: dict[str, list[str]] = {}
    kind = ""
    for line in files(__package__).joinpath("lines", "en_sentences.txt").read_text("utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            kind = line.strip("[]")
        elif line:
            pieces.setdefault(kind, []).append(line.replace("\\n", "\n"))
    for _ in range(count):
        frame = chance.choice(pieces["frame"])
        yield re.sub(r"\{(who|did|what)\}", lambda slot: chance.choice(pieces[slot[1]]), frame)


def filled(pattern: str, filler: Filler, before: str = "", after: str = "") -> Example:
    """The pattern with its slots filled, and where they are."""
    text, spans, at = before, [], 0
    for slot in _SLOT.finditer(pattern):
        text += pattern[at : slot.start()]
        said = filler.fill(slot[1])
        if slot[1] in _MARKED:
            spans.append(Marked(len(text), len(text) + len(said), _MARKED[slot[1]]))
        text += said
        at = slot.end()
    text += pattern[at:] + after
    mine = [span for span in spans if span.kind in {"name", "address"}]
    beside = [span for span in spans if span.kind not in {"name", "address"}]
    return Example(text, joined(text, mine, beside), tuple(beside))


def examples(each: int = 12, seed: int = 7) -> Iterator[Example]:
    """`each` fillings of every pattern, every kind line of every language, and made-up names of sets."""
    for language in LOCALES:
        chance = random.Random(f"{language}{seed}")  # noqa: S311 (no secret)
        Faker.seed(f"{language}{seed}")
        filler = Filler(language, chance)
        lines = [text for text, rude in kind_lines(language) if not rude]
        between = "" if language in {"zh", "ja"} else " "
        for pattern in patterns(language):
            for _ in range(each):
                before = chance.choice(lines) + "." + between if chance.random() < 0.2 else ""
                after = "." + between + chance.choice(lines) if chance.random() < 0.2 else ""
                sign = chance.choice(_SIGNS) if "\n" in pattern and chance.random() < 0.4 else ""
                written = sign + pattern.replace("\n", "\n" + sign) if sign else pattern
                example = filled(written, filler, before, after)
                yield _recased(example, chance) if language not in WIDE else example
        if language == "en":
            for pattern in composed(each * 150, chance):
                yield _recased(filled(pattern, filler), chance)
        for line in lines:
            yield Example(line, ())
    chance = random.Random(seed)  # noqa: S311 (no secret)
    for name in set_names(2000, seed):
        yield Example(name + _catalogued(chance), ())


def _catalogued(chance: random.Random) -> str:
    """What catalogues put after a name: numbers of parts and sets, colours, years. They look like a house's and a
    postcode, and are none."""
    colour, thing = chance.choice(_COLOURS), chance.choice(_PARTS)
    number = f"{chance.randint(100, 99999)}{chance.choice(('', '', 'a', 'b', 'c', 'cpr01', 'bpr0638'))}"
    after = (
        "",
        "",
        "",
        f" ({number} {thing})",
        f", {colour} {thing}, {number}",
        f" - {number}",
        f", {colour} {thing} ({number} {thing})",
        f" {chance.randint(1960, 2024)} Exclusive",
        f" (contains {number} {chance.randint(1000, 9999)} {chance.randint(1000, 9999)})",
        f", {number} {thing}s",
        f" {chance.randint(1, 9999)}{chance.choice('RTXLK')} {thing}",
        f", {colour} Suit, {colour} {thing}, {colour} Logo",
    )
    return chance.choice(after)


def _recased(example: Example, chance: random.Random) -> Example:
    """Children write everything small, or shout."""
    way = chance.random()
    text = example.text.lower() if way < 0.15 else example.text.upper() if way < 0.18 else example.text
    return Example(text if len(text) == len(example.text) else example.text, example.spans, example.beside)
