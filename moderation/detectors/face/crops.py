"""What the second look sees of a candidate: a square around it, with some of what it sits on."""

from PIL import Image

from moderation.detectors.face.centerface import Candidate

AROUND = 1.6  # side of the crop over the long side of the box: hair and neck, or stud and torso
CLOSER, WIDER = 1.2, 2.1  # what is looked at too where the first crop leaves a doubt
GREY = (127, 127, 127)  # beyond the picture's edge; what the encoder reads as nothing


def crop(picture: Image.Image, candidate: Candidate, around: float = AROUND) -> Image.Image:
    """The square around a candidate, in pixels of the picture, at least 2 x 2."""
    side = max(2.0, around * max(candidate.right - candidate.left, candidate.bottom - candidate.top))
    x, y = (candidate.left + candidate.right) / 2, (candidate.top + candidate.bottom) / 2
    left, top, right, bottom = (round(v) for v in (x - side / 2, y - side / 2, x + side / 2, y + side / 2))
    if left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height:
        return picture.crop((left, top, right, bottom))
    seen = (max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height))
    square = Image.new("RGB", (right - left, bottom - top), GREY)
    square.paste(picture.crop(seen), (seen[0] - left, seen[1] - top))
    return square
