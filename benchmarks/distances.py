"""How far apart vectors of changed copies are, and of strangers: what the radii of splits catch.

--images FOLDER … takes pictures of one's own instead of the demo's, --texts FILE.csv --column NAME texts of one's own.
"""

import csv
import io
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from _common import Row, parser, report, say
from PIL import Image, ImageEnhance, ImageOps

SEED = 1
CHANGED, STRANGERS = 80, 600  # pictures; texts twice as many
KINDS = {".jpg", ".jpeg", ".png", ".webp"}


def jpeg(picture: Image.Image) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=40)
    return Image.open(out).convert("RGB")


def cut(picture: Image.Image) -> Image.Image:
    across, down = picture.width // 20, picture.height // 20
    return picture.crop((across, down, picture.width - across, picture.height - down))


PICTURES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved as JPEG of quality 40": jpeg,
    "half the size": lambda picture: picture.resize((max(1, picture.width // 2), max(1, picture.height // 2))),
    "5 % cut off each side": cut,
    "brighter by a fifth": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "mirrored": ImageOps.mirror,
}


def wrong_letter(text: str, rng: random.Random) -> str:
    at = rng.choice([n for n, letter in enumerate(text) if letter.isalpha()])
    return text[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + text[at + 1 :]


def word_less(text: str, rng: random.Random) -> str:
    words = text.split()
    del words[rng.randrange(len(words))]
    return " ".join(words)


def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(n,): of each row of `a` from the same row of `b`, both brought to length 1."""
    from featurestore.labels.near import unit

    return np.linalg.norm(unit(a) - unit(b), axis=1)


def nearest_other(x: np.ndarray) -> np.ndarray:
    from featurestore.labels.near import unit

    alike = unit(x) @ unit(x).T
    np.fill_diagonal(alike, -1)
    return np.sqrt(np.maximum(2 - 2 * alike.max(1), 0))


def rows_of(what: str, far: np.ndarray, radius: float, low: bool = False) -> list[Row]:
    """`low`: of strangers the near end counts."""
    quantiles = ((1, 50) if low else (50, 90)) if len(far) else ()
    rows = [Row(f"{what}: {'median' if q == 50 else f'{q} %'}", float(np.percentile(far, q)), unit="distance")
            for q in quantiles]  # fmt: skip
    return [*rows, Row(f"{what}: within {radius}", float((far <= radius).mean()), unit="share")]


def pictures_in(folders: Sequence[Path], most: int) -> list[Image.Image]:
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in KINDS)
    random.Random(SEED).shuffle(files)
    found = []
    for path in files[:most]:
        with Image.open(path) as picture:
            picture.thumbnail((640, 640))
            found.append(picture.convert("RGB"))
    return found


def texts_in(file: Path, column: str, most: int) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        texts = sorted({row[column] for row in csv.DictReader(lines) if len(row[column].split()) >= 3})
    return random.Random(SEED).sample(texts, min(most, len(texts)))


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--images", nargs="+", type=Path, default=[])
    options.add_argument("--texts", type=Path)
    options.add_argument("--column", default="text")
    asked = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brickmod.settings")
    import django

    django.setup()
    from featurestore.encoders import image_encoder, text_encoder
    from featurestore.labels.splits import rule_for
    from featurestore.privacy.samples import samples

    part = 5 if asked.quick else 1
    say("drawing pictures of the demo")
    demo = samples(1 / part, SEED)
    pictures = pictures_in(asked.images, STRANGERS // part) if asked.images else demo.public + demo.stored
    texts = texts_in(asked.texts, asked.column, 2 * STRANGERS // part) if asked.texts else demo.public_texts
    image, text, rng = image_encoder(), text_encoder(), random.Random(SEED)
    of_picture, of_text = rule_for("picture"), rule_for("text")
    say(f"encoding {len(pictures)} pictures and {len(texts)} texts")
    seen, read = image.encode(pictures), text.encode(texts)
    few = CHANGED // part
    rows = []
    for name, change in PICTURES.items():
        say(name)
        far = apart(seen[:few], image.encode([change(picture) for picture in pictures[:few]]))
        rows += rows_of(f"picture {name}", far, of_picture.burst_radius)
    for name, alter in (("with a wrong letter", wrong_letter), ("with a word less", word_less)):
        far = apart(read[: 2 * few], text.encode([alter(one, rng) for one in texts[: 2 * few]]))
        rows += rows_of(f"text {name}", far, of_text.burst_radius)
    rows += rows_of(f"nearest other of {len(seen)} pictures", nearest_other(seen), of_picture.burst_radius, low=True)
    rows += rows_of(f"nearest other of {len(read)} texts", nearest_other(read), of_text.burst_radius, low=True)
    say("two views of one build, as an author sends them on one day")
    again, stored = image.encode(demo.again), image.encode(demo.stored[: len(demo.again)])
    rows += rows_of("the demo's other view of a build", apart(again, stored), of_picture.burst_radius)
    report("distances", rows)


if __name__ == "__main__":
    main()
