"""What a creation is about: its words and its picture before the classifier of themes."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from engagement.creations.models import Creation
from engagement.creations.pictures import picture_of
from engagement.daily.actions import Guess
from engagement.themes.classifier import Seen, classifier
from engagement.themes.models import Theme


def guess(creations: Sequence[Creation]) -> list[Guess]:
    """A guess for each, in order. A picture that is gone, or cannot be read, is a missing part and no more.

    A group of themes is a guess too, when its members cannot be told apart. Raises ModelMissing.
    """
    kind = classifier()
    answers = kind.look([Seen(words_of(creation), _picture(creation)) for creation in creations])
    names = dict(Theme.objects.values_list("slug", "name"))
    version = f"text {kind.text.sheet.version}" + (f", image {kind.picture.sheet.version}" if kind.picture else "")
    guesses = []
    for answer in answers:
        slug = answer.theme or answer.group or ""
        guesses.append(Guess(slug, names.get(slug, slug), answer.probability, version))
    return guesses


def words_of(creation: Creation) -> str:
    """Title, text and hashtags, as one text."""
    return " ".join([creation.title, creation.text, *(f"#{tag.lstrip('#')}" for tag in creation.hashtags)]).strip()


def _picture(creation: Creation) -> Image.Image | None:
    data = picture_of(creation)
    if data is None:
        return None
    try:
        return Image.open(BytesIO(data)).convert("RGB")
    except OSError:
        return None
