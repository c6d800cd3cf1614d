"""What a creation is about: its words and its picture before the classifier of themes."""

import threading
import time
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from engagement.creations.models import Creation
from engagement.creations.pictures import picture_of
from engagement.daily.actions import Guess
from engagement.daily.beside import Looked, look_beside
from engagement.themes.classifier import Seen, classifiers
from engagement.themes.models import Theme


def guess(creations: Sequence[Creation]) -> list[Guess]:
    """A guess for each, in order. A picture that is gone, or cannot be read, is a missing part and no more.

    A group of themes is a guess too, when its members cannot be told apart. Raises ModelMissing.
    """
    (kind, served), *challengers = classifiers()
    began = time.perf_counter()
    sight = kind.see([Seen(words_of(creation), _picture(creation)) for creation in creations])
    answers = kind.judged(sight)
    ms = (time.perf_counter() - began) * 1000 / max(1, len(creations))
    looks.seen = Looked(list(creations), sight, answers, ms, served, challengers) if challengers else None
    names = dict(Theme.objects.values_list("slug", "name"))
    version = f"text {kind.text.sheet.version}" + (f", image {kind.picture.sheet.version}" if kind.picture else "")
    guesses = []
    for answer in answers:
        slug = answer.theme or answer.group or ""
        guesses.append(Guess(slug, names.get(slug, slug), answer.probability, version))
    return guesses


class _Looks(threading.local):
    """What this thread's last guesses were made of, until the challengers have looked at it too."""

    seen: Looked | None = None


looks = _Looks()


def beside() -> int:
    """Have the challengers look at what `guess` looked at last. Returns how many pairs were kept."""
    seen, looks.seen = looks.seen, None
    return look_beside(seen) if seen else 0


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
