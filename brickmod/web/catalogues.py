"""The catalogues in locale/: what is to be translated is read out of the sources, what was translated is kept, and what
Django reads (.mo) is compiled. By Babel, so that nobody needs GNU gettext. `make messages` runs it."""

import io
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("da", "de", "es")  # those that are translated into; the sources are English
ROOMS = ("brickmod", "featurestore", "moderation", "engagement")
# function -> which of its arguments are the message; a context is marked by "c"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def template(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's interface for an extractor. Django turns a template into calls with everything else crossed out; without
    their indentation these lines are Python enough to be read as Python."""
    from django.utils.translation.template import templatize

    calls = templatize(fileobj.read().decode("utf-8"))
    lines = "\n".join(line.lstrip() for line in calls.split("\n"))
    yield from extract_python(io.BytesIO(lines.encode()), keywords, comment_tags, {"encoding": "utf-8"})


def sources(domain: str) -> Iterator[Path]:
    """Files with words for `domain`: "django" for templates and Python, "djangojs" for scripts."""
    if domain == "djangojs":
        yield from sorted((ROOT / "static" / "js").glob("*.js"))
        return
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from (
        path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts
    )


def template_of(domain: str) -> Catalog:
    """Everything that the sources ask to be translated, without translations."""
    found = Catalog(domain=domain, project="BrickMod", charset="utf-8")
    for path in sources(domain):
        method: Any = {".html": template, ".py": "python", ".js": "javascript"}[path.suffix]
        place = str(path.relative_to(ROOT))
        with path.open("rb") as fileobj:
            for _line, message, comments, context in extract(method, fileobj, KEYWORDS, ("Translators:",)):
                flags = ["python-format"] if _formats(message) else []
                found.add(message, None, [(place, 0)], flags, auto_comments=comments, context=context)
    for title, place in _shipped() if domain == "django" else ():
        found.add(title, None, [(place, 0)])
    return found


def _formats(message: str | tuple[str, ...]) -> bool:
    return "%(" in (message if isinstance(message, str) else message[0])


def _shipped() -> Iterator[tuple[str, str]]:
    """Titles of the reasons that came with the house: data, shown to moderators in their language for as long as nobody
    has changed them."""
    path = ROOT / "moderation" / "feedback" / "seed" / "reasons.toml"
    for reason in tomllib.loads(path.read_text(encoding="utf-8")).values():
        yield reason["title"], str(path.relative_to(ROOT))


def path_of(language: str, domain: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def kept(language: str, domain: str) -> Catalog:
    """The catalogue as it lies there; an empty one for a new language."""
    path = path_of(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain, project="BrickMod", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def text_of(catalogue: Catalog) -> bytes:
    """As it is written: in a fixed order and without lines' numbers and dates, so that a change shows what changed."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{head}"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'.encode() + out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    # Read again from what was written, so that the bytes depend on nothing else.
    again = read_po(io.BytesIO(text_of(catalogue)), locale=catalogue.locale, domain=catalogue.domain)
    again.creation_date = again.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(out, again)
    return out.getvalue()


def update(languages: Iterable[str] = LANGUAGES) -> Iterator[str]:
    """Bring the files up to what the sources say; a line for each. What has no translation yet is left empty: English
    is shown."""
    for domain in ("django", "djangojs"):
        asked = template_of(domain)
        for language in languages:
            catalogue = kept(language, domain)
            catalogue.update(asked, no_fuzzy_matching=True)
            path = path_of(language, domain)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text_of(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
            missing = sum(1 for one in catalogue if one.id and not all(_strings(one.string)))
            yield f"{path.relative_to(ROOT)}: {len(catalogue)} sentences, {missing} not translated"


def _strings(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (string,)
