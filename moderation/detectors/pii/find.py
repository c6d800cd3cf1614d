"""All personal details of a text, each with its place and its kind. Pure but for the tagger that is given."""

from moderation.detectors.pii.figures import figures
from moderation.detectors.pii.invented import is_invented
from moderation.detectors.pii.kinds import Hit, apart
from moderation.detectors.pii.layer import Layer, layer_of
from moderation.detectors.pii.nets import nets
from moderation.detectors.pii.people import people
from moderation.detectors.pii.places import places
from moderation.detectors.pii.tagger import Tagger
from moderation.detectors.pii.told import told as told_of_oneself
from moderation.detectors.pii.words import EVERYWHERE, words_of
from moderation.detectors.profanity.find import languages_of


def find(text: str, language: str, tagger: Tagger) -> list[Hit]:
    """Without overlaps, in the order of the text. `language`: the declared BCP 47 tag, "" when unknown."""
    if not text.strip():
        return []
    layer = layer_of(text)
    mine = tuple(words_of(one) for one in languages_of(text, language)) or (words_of(EVERYWHERE),)
    region = language.replace("_", "-").split("-")[-1].upper() if "-" in language.replace("_", "-") else ""
    letters = layer.letters
    told: list[Hit] = nets(letters, mine) + figures(letters, mine, region if len(region) == 2 else "")
    written = text if len(text) == len(letters) else letters
    told += places(written, letters, mine)
    hits = [_placed(hit, layer) for hit in told]
    found = people(text, layer, mine, tagger, hits)
    # Where the tagger found the same, its ends are better.
    own = [_placed(hit, layer) for hit in told_of_oneself(written, letters, mine)]
    own = [
        hit
        for hit in own
        if not any(_same(hit, other) for other in found) and not is_invented(text[hit.start : hit.end])
    ]
    return apart(hits + found + own)


def _same(hit: Hit, other: Hit) -> bool:
    return hit.kind == other.kind and hit.start < other.end and other.start < hit.end and hit.weight == other.weight


def _placed(hit: Hit, layer: Layer) -> Hit:
    start, end = layer.span(hit.start, hit.end)
    return Hit(start, end, hit.kind, hit.weight, hit.how)
