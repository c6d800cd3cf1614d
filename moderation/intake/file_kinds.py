"""What a file is, told by its first bytes alone. The list is closed; names and declared content types count nothing."""

from typing import Literal

PictureKind = Literal["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"]
VideoKind = Literal["mov", "matroska"]

HEAD = 4096  # bytes from the start of a file that are enough for everything here

# Image sequences (msf1, hevc, hevx, avis) are films in a picture's clothes; `picture_kind` leaves them to its caller.
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis"}
_AVIF_BRANDS = {b"avif", b"avis"}
_PICTURE_BRANDS = _HEIF_BRANDS | _AVIF_BRANDS | {b"mif1", b"mif2", b"msf1", b"hevc", b"hevx", b"miaf", b"jpeg", b"crx "}
# QuickTime files from before `ftyp` start with one of these boxes.
_OLD_MOV_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def _brands(head: bytes) -> list[bytes]:
    """The brands of an ISO base media file, the major one first; [] for any other file."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head), 512)
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]


def picture_kind(head: bytes) -> PictureKind | None:
    """Pillow's name of the picture's format, None for everything that is not taken (SVG, TIFF, PDF, BMP, …)."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    brands = _brands(head)
    if brands and brands[0] in _PICTURE_BRANDS:
        if _AVIF_BRANDS.intersection(brands):
            return "AVIF"
        if _HEIF_BRANDS.intersection(brands):
            return "HEIF"
    return None


def video_kind(head: bytes) -> VideoKind | None:
    """ffmpeg's name of the container, None for everything that is not taken."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    brands = _brands(head)
    if brands:
        return None if brands[0] in _PICTURE_BRANDS else "mov"
    return "mov" if head[4:8] in _OLD_MOV_BOXES else None


def webp_size(head: bytes) -> tuple[int, int]:
    """(width, height) of a WebP file in pixels, (0, 0) when the header is none.

    libwebp's animation decoder sets aside twice the canvas as soon as it is opened, before Pillow knows the size.
    """
    chunk, body = head[12:16], head[20:30]
    if len(body) < 10:
        return 0, 0
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return 0, 0
