"""Any bytes become a clean picture or a BadFile; nothing that came in beside the pixels goes out."""

import io
import random
import struct
import time
import tracemalloc
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, ImageDraw, PngImagePlugin

from moderation.intake.bad_file import BadFile
from moderation.intake.pictures import KEPT_SIDE, CleanPicture, clean_picture

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"]


def clean(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> CleanPicture:
    return clean_picture(io.BytesIO(data), max_bytes, max_pixels)


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scene(width: int = 160, height: int = 120) -> Image.Image:
    """A red square top left, a green one bottom right, on grey."""
    picture = Image.new("RGB", (width, height), (120, 120, 120))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 3, height // 3), (220, 20, 20))
    draw.rectangle((width * 2 // 3, height * 2 // 3, width, height), (20, 200, 20))
    return picture


def pixel(clean_one: CleanPicture, x: float, y: float) -> tuple[int, int, int]:
    picture = Image.open(io.BytesIO(clean_one.data))
    return picture.getpixel((int(x * picture.width), int(y * picture.height)))  # type: ignore[return-value]


def near(one, other, by: int = 16) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, zipped: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zipped) + png_chunk(b"IEND", b"")


VALID = [saved(scene(64, 48), kind) for kind in FORMATS]


@pytest.mark.parametrize("kind", FORMATS)
def test_each_kind_becomes_a_jpeg_with_the_same_picture(kind):
    result = clean(saved(scene(), kind))
    assert (result.width, result.height, result.suffix) == (160, 120, "jpg")
    stored = Image.open(io.BytesIO(result.data))
    assert stored.format == "JPEG"
    assert stored.size == (160, 120)
    assert near(pixel(result, 0.1, 0.1), (220, 20, 20), 30)
    assert near(pixel(result, 0.9, 0.9), (20, 200, 20), 30)
    assert not result.had_gps


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_file_gives_the_same_bytes(kind):
    data = saved(scene(), kind)
    assert clean(data) == clean(data)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_is_cut_off_is_refused(kind, share):
    data = saved(Image.frombytes("RGB", (60, 50), random.Random(7).randbytes(9000)), kind)
    with pytest.raises(BadFile) as caught:
        clean(data[: int(len(data) * share)])
    assert caught.value.status == 400
    assert "cut off" in caught.value.detail


def test_a_png_without_its_end_is_refused():
    with pytest.raises(BadFile, match="cut off"):
        clean(saved(scene(), "PNG")[:-12])


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg/>',
        b"%PDF-1.7\n",
        saved(scene(), "TIFF"),
        saved(scene(), "BMP"),
        saved(scene(), "ICO"),
        saved(scene(), "PPM"),
        b"\x00",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
        b"\x00\x00\x00\x14ftypcrx \x00\x00\x00\x00crx ",
        b"\x00\x00\x00\x18ftyphevc\x00\x00\x00\x00msf1hevc",
    ],
)
def test_other_kinds_are_415(data):
    with pytest.raises(BadFile) as caught:
        clean(data)
    assert caught.value.status == 415


def test_an_empty_file_is_400_and_a_large_one_413():
    with pytest.raises(BadFile) as caught:
        clean(b"")
    assert caught.value.status == 400
    data = saved(scene(), "PNG")
    clean(data, max_bytes=len(data))
    with pytest.raises(BadFile) as caught:
        clean(data, max_bytes=len(data) - 1)
    assert caught.value.status == 413
    assert "MB" in caught.value.detail


@pytest.mark.parametrize("kind", FORMATS)
def test_pixels_are_counted_from_the_header(kind):
    data = saved(scene(200, 100), kind)
    clean(data, max_pixels=20_000)
    with pytest.raises(BadFile) as caught:
        clean(data, max_pixels=19_999)
    assert caught.value.status == 413
    assert "megapixels" in caught.value.detail


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_a_moving_picture_is_refused_so_no_later_frame_slips_through(kind):
    data = saved(scene(), kind, save_all=True, append_images=[scene().rotate(90 * n) for n in range(1, 4)])
    with pytest.raises(BadFile) as caught:
        clean(data)
    assert caught.value.status == 415
    assert "moves" in caught.value.detail


# -- bombs -------------------------------------------------------------------------------------------------------


def _zeros(width: int, height: int) -> bytes:
    packer, row, out = zlib.compressobj(2), bytes(1 + 3 * width), []
    out.extend(packer.compress(row) for _ in range(height))
    return b"".join(out) + packer.flush()


def _gif_of_frames(count: int) -> bytes:
    still = saved(Image.new("P", (8, 8)), "GIF")
    start = 13 + (3 * 2 ** ((still[10] & 7) + 1) if still[10] & 0x80 else 0)
    return still[:start] + still[start:-1] * count + b";"


def _webp_with_a_huge_canvas() -> bytes:
    data = bytearray(saved(scene(), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (16382).to_bytes(3, "little") * 2
    return bytes(data)


def _jpeg_of_scans(count: int) -> bytes:
    data = saved(scene(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


def _png_with_text_bomb() -> bytes:
    data = saved(scene(), "PNG")
    text = b"t\0\0" + zlib.compress(bytes(200_000_000), 2)
    return data[:33] + png_chunk(b"zTXt", text) + data[33:]


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda: png_of(14_000, 14_000, _zeros(14_000, 14_000)), 413),
        (lambda: png_of(2**31 - 1, 2**31 - 1, b""), 413),
        (lambda: png_of(10_000, 9_000, b""), 413),  # between Pillow's warning and its error
        (lambda: _gif_of_frames(100_000), 415),
        (_webp_with_a_huge_canvas, 413),
        (lambda: _jpeg_of_scans(5_000), 400),
        (_png_with_text_bomb, 400),
    ],
    ids=["196 MP PNG", "2^62 pixel PNG", "90 MP PNG", "100,000 frame GIF", "268 MP WebP", "5,000 scan JPEG", "zTXt"],
)
def test_bombs_are_refused_at_once(make, status):
    data = make()
    tracemalloc.start()
    began = time.perf_counter()
    try:
        with pytest.raises(BadFile) as caught:
            clean(data)
        took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.status == status
    assert took < 0.5
    assert peak < 80_000_000


# -- what goes out -----------------------------------------------------------------------------------------------

MARKERS = [b"SECRET-ARTIST", b"SECRET-XMP", b"SECRET-COMMENT", b"SECRET-TAIL", b"GPSLatitude", b"Exif", b"<script"]


def _exif(turn: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "SECRET-ARTIST"
    exif[ExifTags.Base.Orientation] = turn
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (55.0, 43.0, 50.0), 3: "E", 4: (9.0, 7.0, 30.0)})
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_nothing_but_pixels_goes_out(kind):
    xmp = b"<x:xmpmeta>SECRET-XMP <script> exif:GPSLatitude</x:xmpmeta>"
    options = {"exif": _exif()}
    if kind == "JPEG":
        options |= {"xmp": xmp, "comment": b"SECRET-COMMENT"}
    elif kind == "PNG":
        options["pnginfo"] = info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        info.add_text("Comment", "SECRET-COMMENT")
    else:
        options["xmp"] = xmp
    data = saved(scene(1500, 900), kind, **options) + (b"" if kind in {"AVIF", "HEIF"} else b"SECRET-TAIL<script>")
    assert any(marker in data for marker in MARKERS)
    result = clean(data)
    assert result.had_gps
    for out in (result.data, result.preview):
        assert not [marker for marker in MARKERS if marker in out]
        picture = Image.open(io.BytesIO(out))
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_an_embedded_thumbnail_and_a_second_picture_are_gone():
    thumbnail = saved(Image.new("RGB", (16, 16), "blue"), "JPEG")
    exif = _exif()
    exif[0x9C9B] = thumbnail
    result = clean(saved(scene(), "JPEG", exif=exif) + thumbnail)
    assert result.data.count(b"\xff\xd8\xff") == 1
    assert result.preview.count(b"\xff\xd8\xff") == 1


def test_gps_in_xmp_alone_is_noticed():
    assert clean(saved(scene(), "JPEG", xmp=b"<x exif:GPSLatitude='55,43N'/>")).had_gps
    assert not clean(saved(scene(), "JPEG", xmp=b"<x/>")).had_gps


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_applied(turn, kind):
    from PIL import ImageOps

    data = saved(scene(), kind, exif=_exif(turn))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    result = clean(data)
    assert (result.width, result.height) == expected.size
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        assert near(pixel(result, x, y), expected.getpixel((int(x * expected.width), int(y * expected.height))), 30)


def _swapped_profile() -> bytes:
    """A real profile whose red and blue primaries are exchanged: shown without it, the colours are wrong."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    table = {profile[132 + 12 * n : 136 + 12 * n]: 132 + 12 * n for n in range(int.from_bytes(profile[128:132], "big"))}
    data = bytearray(profile)
    red, blue = table[b"rXYZ"], table[b"bXYZ"]
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(data)


def test_a_profile_is_applied_and_srgb_left_alone():
    red = Image.new("RGB", (32, 32), (220, 20, 20))
    assert near(pixel(clean(saved(red, "PNG", icc_profile=_swapped_profile())), 0.5, 0.5), (20, 20, 220), 40)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(pixel(clean(saved(red, "PNG", icc_profile=srgb)), 0.5, 0.5), (220, 20, 20), 6)
    assert near(pixel(clean(saved(red, "PNG", icc_profile=b"no profile")), 0.5, 0.5), (220, 20, 20), 6)


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "expected"),
    [
        ("L", 200, "PNG", (200, 200, 200)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("I;16", 0x8000, "PNG", (128, 128, 128)),
        ("CMYK", (0, 255, 255, 0), "JPEG", (254, 0, 0)),
        ("L", 60, "JPEG", (60, 60, 60)),
        ("LA", (60, 255), "PNG", (60, 60, 60)),
        ("LA", (60, 0), "PNG", (255, 255, 255)),
        ("RGBA", (10, 20, 200, 255), "PNG", (10, 20, 200)),
        ("RGBA", (200, 20, 20, 0), "PNG", (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), "WEBP", (127, 127, 127)),
    ],
)
def test_modes(mode, colour, kind, expected):
    options = {"lossless": True} if kind == "WEBP" else {}
    assert near(pixel(clean(saved(Image.new(mode, (24, 24), colour), kind, **options)), 0.5, 0.5), expected, 4)


def test_a_palette_with_a_transparent_colour():
    picture = Image.new("P", (20, 20), 1)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.paste(0, (0, 0, 10, 20))
    result = clean(saved(picture, "GIF", transparency=0))
    assert near(pixel(result, 0.2, 0.5), (255, 255, 255), 12)
    assert near(pixel(result, 0.8, 0.5), (0, 0, 255), 12)


@pytest.mark.parametrize("ink", [255, 250, 0, 128])
def test_no_drawing_vanishes_in_the_background(ink):
    picture = Image.new("RGBA", (80, 80), (ink, ink, ink, 0))
    ImageDraw.Draw(picture).rectangle((20, 20, 60, 60), (ink, ink, ink, 255))
    stored = Image.open(io.BytesIO(clean(saved(picture, "PNG")).data)).convert("L")
    assert abs(stored.getpixel((40, 40)) - stored.getpixel((4, 4))) > 60


def test_a_large_photo_is_kept_at_a_payable_size():
    result = clean(saved(scene(6000, 3000), "JPEG", exif=_exif(6)))
    assert (result.width, result.height) == (KEPT_SIDE // 2, KEPT_SIDE)
    assert near(pixel(result, 0.9, 0.1), (220, 20, 20), 30)
    assert Image.open(io.BytesIO(result.preview)).size == (512, 1024)


def test_a_palette_and_a_strip_are_scaled_too():
    result = clean(saved(scene(5000, 50).quantize(16), "PNG"))
    assert (result.width, result.height) == (KEPT_SIDE, 41)
    assert clean(saved(Image.new("L", (60_000, 1)), "PNG")).height == 1


# -- any bytes ---------------------------------------------------------------------------------------------------


def _holds(data: bytes) -> None:
    refused = None
    try:
        result = clean(data, max_pixels=4_000_000)
    except BadFile as error:
        refused = error
    if refused:
        assert refused.status in {400, 413, 415}
        assert refused.detail.endswith(".")
        return
    assert result.width * result.height <= 4_000_000
    assert Image.open(io.BytesIO(result.data)).size == (result.width, result.height)
    assert max(Image.open(io.BytesIO(result.preview)).size) <= 1280


@given(st.binary(max_size=300))
@example(b"\x89PNG\r\n\x1a\n")
@example(b"GIF89a")
@example(b"RIFF\0\0\0\0WEBPVP8X")
@example(b"\0\0\0\x0cftypheic")
@example(b"\xff\xd8\xff\xe1\xff\xff")
@settings(max_examples=300, deadline=None)
def test_any_bytes(data):
    _holds(data)


@given(st.sampled_from([data[:16] for data in VALID]), st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_after_a_true_start(start, rest):
    _holds(start + rest)


@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 3),
)
@settings(max_examples=600, deadline=None)
def test_mutated_files(data, changes, front):
    """Bytes are changed anywhere, for `front` > 0 in the first 80, where sizes and offsets stand."""
    broken = bytearray(data)
    for place, value in changes:
        broken[int(place * (min(80, len(broken)) if front else len(broken)))] = value
    _holds(bytes(broken))


@given(st.sampled_from(VALID), st.floats(0, 1), st.floats(0, 1), st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_spliced_files(data, start, end, middle):
    _holds(data[: int(start * len(data))] + middle + data[int(end * len(data)) :])
