"""Marked files, how finds are counted, and that the tagger is what it was made to be."""

import json
import shutil

import pytest

from moderation.detectors.pii import tagger as tagging
from moderation.detectors.pii.gold import BadFile, Marked, joined, read
from moderation.detectors.pii.scoring import score
from moderation.detectors.pii.tagger import BadTagger, Tagger
from moderation.detectors.pii.train import write
from moderation.detectors.pii.training.sentences import LOCALES, Filler, filled, patterns
from moderation.detectors.pii.words import languages


def spans(text: str, *pieces: tuple[str, str]) -> list[dict[str, object]]:
    return [
        {"start_position": text.index(piece), "end_position": text.index(piece) + len(piece), "entity_type": kind}
        for piece, kind in pieces
    ]


def test_types_become_kinds_and_pieces_of_an_address_one(tmp_path):
    text = "Ann Lee\n20789 Allika 46\n Riisa\n Estonia 62488, from Acme in 1999"
    rows = spans(text, ("Ann Lee", "PERSON"), ("20789", "STREET_ADDRESS"), ("Allika 46", "STREET_ADDRESS"),
                 ("Riisa", "GPE"), ("Estonia", "GPE"), ("62488", "STREET_ADDRESS"), ("Acme", "ORGANIZATION"),
                 ("1999", "DATE_TIME"))  # fmt: skip
    path = tmp_path / "some.json"
    path.write_text(json.dumps([{"full_text": text, "spans": rows}]))
    (one,) = read(path)
    assert [(span.kind, text[span.start : span.end]) for span in one.spans] == [
        ("name", "Ann Lee"),
        ("address", "20789 Allika 46\n Riisa\n Estonia 62488"),
    ]
    assert [span.kind for span in one.beside] == ["place", "place", "firm"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '[{"full_text": "a"}]',
        "[3]",
        '[{"full_text": "a", "spans": [{"start_position": 0, "end_position": 9, "entity_type": "AGE"}]}]',
    ],
)
def test_another_file_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_text(content)
    if content == "{}":
        assert read(path) == []
        return
    with pytest.raises(BadFile, match="cannot be read as"):
        read(path)


def test_words_between_two_addresses_part_them():
    text = "12 Mill Road and 5 Oak Lane"
    two = [Marked(0, 12, "address"), Marked(17, 27, "address")]
    assert joined(text, two) == tuple(two)


def test_a_find_counts_once_and_only_where_it_shares_half():
    wanted = [Marked(0, 10, "name"), Marked(20, 30, "phone")]
    found = [Marked(0, 10, "name"), Marked(1, 9, "name"), Marked(20, 24, "phone"), Marked(20, 30, "age")]
    counted = score(wanted, found)
    assert (counted.of("tp"), counted.of("fp"), counted.of("fn"), counted.of("exact")) == (1, 3, 1, 1)
    assert counted.f1("name") == pytest.approx(2 / 3)
    assert counted.f1("phone") == 0


def test_every_language_has_patterns_and_a_market():
    assert set(LOCALES) == set(languages())
    assert all(len(patterns(language)) >= 15 for language in languages())


def test_slots_are_marked_where_they_were_filled():
    import random

    filler = Filler("en", random.Random(3))
    one = filled("My name is {name} and I live at {address} in {place}", filler)
    assert [span.kind for span in one.spans] == ["name", "address"]
    assert one.text[: one.spans[0].start] == "My name is "
    assert one.text[one.spans[0].end :].startswith(" and I live at ")
    assert [span.kind for span in one.beside] == ["place"]


def test_a_tagger_learns_what_it_is_shown_and_says_the_same_again(tmp_path):
    import random

    filler = Filler("en", random.Random(3))
    shown = [filled("My name is {name}", filler) for _ in range(30)]
    write(shown, tmp_path, 20, {})
    one, two = Tagger(tmp_path), Tagger(tmp_path)
    found = one.tag("My name is Ann Miller")
    assert [("My name is Ann Miller"[tag.start : tag.end], tag.kind) for tag in found] == [("Ann Miller", "name")]
    assert found == two.tag("My name is Ann Miller")


def test_a_file_that_is_not_the_sheets_is_refused(tmp_path):
    for name in (tagging.MODEL, tagging.SHEET):
        shutil.copy(tagging.HERE / name, tmp_path / name)
    (tmp_path / tagging.MODEL).write_bytes(b"x" + (tmp_path / tagging.MODEL).read_bytes()[1:])
    with pytest.raises(BadTagger):
        Tagger(tmp_path)
