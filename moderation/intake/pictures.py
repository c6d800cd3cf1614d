"""A picture from outside, checked before anything reads it, then decoded and written anew. Pure code, no Django.

What is kept is never the file that came in but a JPEG made from its pixels: no metadata, no profile, no second file
hidden behind the first. The order is that of cost: bytes, magic, pixels and frames from the header, then one decode.

A moving picture is refused. The app publishes its own file, so looking at the first frame would let frame 57 through.
"""

import io
from dataclasses import dataclass
from typing import BinaryIO

import pillow_heif
from PIL import ExifTags, Image, JpegImagePlugin

from moderation.intake.bad_file import BadFile
from moderation.intake.colours import plain
from moderation.intake.file_kinds import HEAD, PictureKind, picture_kind, webp_size

KEPT_SIDE = 4096  # long side of what is kept: more than a desk shows, and a 50 MP photo stays payable
PREVIEW_SIDE = 1280
PREVIEW_LEAST = 800
KEPT_QUALITY = 90
PREVIEW_QUALITY = 85
# A progressive JPEG may hold thousands of tiny scans, each of which costs a walk over all pixels. Cameras write <= 20.
MAX_SCANS = 100

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True)
class CleanPicture:
    """`data` and `preview` are JPEGs of ours; width and height are those of `data`, in pixels."""

    data: bytes
    suffix: str
    width: int
    height: int
    preview: bytes
    had_gps: bool


def clean_picture(file: BinaryIO, max_bytes: int, max_pixels: int) -> CleanPicture:
    """Raises BadFile, and nothing else, for everything that is not a whole picture of a kind that is taken."""
    data = file.read(max_bytes + 1)
    if not data:
        raise BadFile(400, "The file is empty.")
    if len(data) > max_bytes:
        raise BadFile(413, f"The picture is larger than {max_bytes / 1_000_000:g} MB.")
    kind = picture_kind(data[:HEAD])
    if kind is None:
        raise BadFile(415, "This is no picture of a kind that is taken: JPEG, PNG, WebP, GIF, AVIF or HEIC.")
    try:
        return _clean(data, kind, max_pixels)
    except BadFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(max_pixels) from error
    except Exception as error:
        # Decoders meet a broken file with errors of a dozen types (OSError, SyntaxError, struct.error, KeyError, …).
        raise BadFile(400, f"The {_spoken(kind)} file is broken or cut off; send it again.") from error


def _clean(data: bytes, kind: PictureKind, max_pixels: int) -> CleanPicture:
    with _opened(data, kind, max_pixels) as picture:
        exif = picture.getexif()
        had_gps = ExifTags.IFD.GPSInfo in exif or b"GPSLatitude" in _xmp(picture)
        turn = _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
        profile = picture.info.get("icc_profile")
        # 4:2:0 in, 4:2:0 out: finer chroma cannot come back. Drawings and screenshots keep theirs, thin red text too.
        subsampling = 2 if isinstance(picture, JpegImagePlugin.JpegImageFile) and picture.layers == 3 else 0
        if subsampling and JpegImagePlugin.get_sampling(picture) == 0:
            subsampling = 0
        if kind == "JPEG" and max(picture.size) > KEPT_SIDE:
            picture.draft(None, _within(picture.size, KEPT_SIDE))  # the DCT scales: a quarter of the memory and time
        picture.load()
        kept = plain(_shrunk(picture, KEPT_SIDE), profile)
    if turn is not None:
        kept = kept.transpose(turn)
    encoded = _jpeg(kept, KEPT_QUALITY, subsampling)
    preview = encoded
    if max(kept.size) > PREVIEW_SIDE:
        preview = _jpeg(_small(kept), PREVIEW_QUALITY, 2)
    return CleanPicture(encoded, "jpg", kept.width, kept.height, preview, had_gps)


def _opened(data: bytes, kind: PictureKind, max_pixels: int) -> Image.Image:
    """The picture with only its header read, small enough and still."""
    if kind == "WEBP":
        width, height = webp_size(data[:HEAD])
        if width * height > max_pixels:
            raise _too_many_pixels(max_pixels)
    if kind == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS:
        raise BadFile(400, f"The JPEG file has more than {MAX_SCANS} scans.")
    if kind == "PNG" and b"IEND\xaeB`\x82" not in data:
        raise BadFile(400, "The PNG file is cut off; send it again.")  # Pillow asks for the pixels alone
    picture = Image.open(io.BytesIO(data), formats=(kind,))
    if picture.width * picture.height > max_pixels:
        raise _too_many_pixels(max_pixels)
    # A JPEG with further pictures in it (a gain map, the other eye) is still one: viewers show the first. So is a HEIC.
    if kind not in {"JPEG", "HEIF"} and getattr(picture, "is_animated", False):
        raise BadFile(415, "The picture moves; send a still picture, or send it as a video.")
    return picture


def _small(picture: Image.Image) -> Image.Image:
    """Of at most PREVIEW_SIDE. Averaging whole blocks of pixels costs a tenth of a resize, so it is done where enough
    of the picture is left."""
    factor = -(-max(picture.size) // PREVIEW_SIDE)
    if max(picture.size) / factor >= PREVIEW_LEAST and min(picture.size) >= factor:
        return picture.reduce(factor)
    return _shrunk(picture, PREVIEW_SIDE)


def _xmp(picture: Image.Image) -> bytes:
    value = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    return value.encode(errors="ignore") if isinstance(value, str) else bytes(value)


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """`size` scaled so that its long side is `side`."""
    factor = side / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    if picture.mode in {"1", "P", "PA"}:  # Pillow can only drop pixels of these
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    # Bilinear over the whole area that a pixel covers: as good as Lanczos here, in half the time.
    return picture.resize(_within(picture.size, side), Image.Resampling.BILINEAR, reducing_gap=2.0)


def _jpeg(picture: Image.Image, quality: int, subsampling: int) -> bytes:
    picture.info = {}  # Pillow would write a comment, dpi or profile that it finds here
    out = io.BytesIO()
    # Neither optimised nor progressive: a tenth smaller is not worth twice the time.
    picture.save(out, "JPEG", quality=quality, subsampling=subsampling, optimize=False, progressive=False)
    return out.getvalue()


def _too_many_pixels(max_pixels: int) -> BadFile:
    return BadFile(413, f"The picture has more than {max_pixels / 1_000_000:g} megapixels.")


def _spoken(kind: PictureKind) -> str:
    return {"WEBP": "WebP", "HEIF": "HEIC"}.get(kind, kind)
