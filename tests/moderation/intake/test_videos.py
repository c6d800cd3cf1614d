"""Real videos, made here: what is kept of them, what is refused, and which pictures stand for them."""

import io
import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from moderation.intake import videos
from moderation.intake.bad_file import BadFile
from moderation.intake.videos import CleanVideo, clean_video, keyframes

MAX_BYTES = 20_000_000


def frame_picture(n: int, size: tuple[int, int], colour: tuple[int, int, int] = (200, 60, 30)) -> Image.Image:
    """A white bar that moves, on a colour; the top left corner is blue."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((n % size[0], 0, n % size[0] + 8, size[1]), (255, 255, 255))
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), (20, 20, 230))
    return picture


def film(
    path: Path,
    codec: str = "libx264",
    kind: str = "mp4",
    sound: str | None = "aac",
    frames: int = 60,
    rate: int = 20,
    size: tuple[int, int] = (192, 128),
    keys: int = 20,
    colour=lambda n: (200, 60, 30),
    metadata: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w", format=kind) as out:
        out.metadata.update(metadata or {})
        options = {"libx264": {"preset": "ultrafast", "sc_threshold": "0"}, "libsvtav1": {"preset": "12"}}
        video = out.add_stream(codec, rate=rate, options=options.get(codec, {}))
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        video.codec_context.gop_size = keys
        if sound:
            audio = out.add_stream(sound, rate=48_000, layout="mono")
        for n in range(frames):
            out.mux(video.encode(av.VideoFrame.from_image(frame_picture(n, size, colour(n)))))
        out.mux(video.encode())
        if sound:
            blocks = frames * 48_000 // rate // 960
            for n in range(blocks):
                block = av.AudioFrame(format="fltp" if sound == "aac" else "s16", layout="mono", samples=960)
                for plane in block.planes:
                    plane.update(bytes(plane.buffer_size))
                block.sample_rate, block.pts, block.time_base = 48_000, n * 960, Fraction(1, 48_000)
                out.mux(audio.encode(block))
            out.mux(audio.encode())
    return path


@pytest.fixture
def clean(tmp_path, monkeypatch):
    """clean_video whose temporary files lie in the test's folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "cleaned"))
    (tmp_path / "cleaned").mkdir()

    def run(source: Path | bytes, max_bytes: int = MAX_BYTES, **options) -> CleanVideo:
        data = source if isinstance(source, bytes) else source.read_bytes()
        return clean_video(io.BytesIO(data), max_bytes, **options)

    return run


def near(one, other, by=40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("codec", "kind", "sound", "suffix"),
    [
        ("libx264", "mp4", "aac", "mp4"),
        ("libx264", "mov", None, "mp4"),
        ("libx264", "matroska", "aac", "mp4"),
        ("libx265", "mp4", "aac", "mp4"),
        ("libvpx", "webm", "libopus", "webm"),
        ("libvpx-vp9", "webm", None, "webm"),
        ("libsvtav1", "mp4", "aac", "mp4"),
    ],
)
def test_each_kind_is_packed_anew(tmp_path, clean, codec, kind, sound, suffix):
    result = clean(film(tmp_path / "in", codec, kind, sound))
    assert (result.width, result.height, result.suffix) == (192, 128, suffix)
    assert result.path.suffix == f".{suffix}"
    assert result.seconds == pytest.approx(3.0, abs=0.15)
    assert not result.had_gps
    with av.open(str(result.path)) as out:
        assert [stream.type for stream in out.streams] == (["video", "audio"] if sound else ["video"])
        assert sum(1 for _ in out.decode(video=0)) == 60
        if suffix == "mp4" and codec != "libsvtav1":
            # Units with their length in front, as players ask of an MP4; ffmpeg alone forgives start codes.
            out.seek(0)
            first = bytes(next(out.demux(video=0)))
            assert 4 + int.from_bytes(first[:4], "big") <= len(first)
    preview = Image.open(io.BytesIO(result.preview))
    assert preview.format == "JPEG"
    assert near(preview.convert("RGB").getpixel((100, 100)), (200, 60, 30))


def test_the_same_file_gives_the_same_bytes(tmp_path, clean):
    for codec, kind, sound in (("libx264", "mp4", "aac"), ("libvpx", "webm", "libopus")):
        source = film(tmp_path / "in", codec, kind, sound)
        one, two = clean(source), clean(source)
        assert one.path.read_bytes() == two.path.read_bytes()
        assert one.preview == two.preview


MARKERS = [b"SECRET", b"55.73", b"x264", b"x265", b"2021"]


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_nothing_but_pictures_and_sound_goes_out(tmp_path, clean, codec):
    said = {
        "title": "SECRET-TITLE",
        "artist": "SECRET-NAME",
        "comment": "SECRET",
        "location": "+55.7305+009.1153/",
        "creation_time": "2021-02-03T04:05:06Z",
    }
    source = film(tmp_path / "in", codec, metadata=said, keys=10)
    assert b"SECRET-TITLE" in source.read_bytes()
    assert codec[3:].encode() in source.read_bytes()  # free text between the pictures
    result = clean(source)
    assert result.had_gps
    data = result.path.read_bytes()
    assert not [marker for marker in MARKERS if marker in data]
    with av.open(str(result.path)) as out:
        assert set(out.metadata) <= {"major_brand", "minor_version", "compatible_brands"}
        assert sum(1 for _ in out.decode(video=0)) == 60


def test_covers_subtitles_chapters_and_further_sound_are_left_behind(tmp_path, clean):
    inner = film(tmp_path / "inner", "libx264", "matroska", "aac")
    with av.open(str(inner)) as source, av.open(str(tmp_path / "in"), "w", format="matroska") as out:
        kept = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        second = out.add_stream_from_template(source.streams.audio[0])
        out.add_attachment("cover.jpg", "image/jpeg", b"\xff\xd8SECRET-COVER")
        out.set_chapters(
            [
                {
                    "id": 1,
                    "start": 0,
                    "end": 1000,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": "SECRET-CHAPTER"},
                }
            ]
        )
        packets = [packet for packet in source.demux() if packet.dts is not None]
        for packet in packets:
            packet.stream = kept[packet.stream.index]
            out.mux(packet)
        del second
    assert b"SECRET-CHAPTER" in (tmp_path / "in").read_bytes()
    result = clean(tmp_path / "in")
    assert b"SECRET" not in result.path.read_bytes()
    with av.open(str(result.path)) as out:
        assert [stream.type for stream in out.streams] == ["video", "audio"]
        assert not out.chapters()


def turned(data: bytes) -> bytes:
    """The MP4 with its first track's display matrix set to a quarter turn clockwise, as a phone held upright does."""
    plain = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    clockwise = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    at = data.index(plain, data.index(b"tkhd"))
    return data[:at] + clockwise + data[at + len(plain) :]


def test_a_turned_video_is_shown_upright(tmp_path, clean):
    result = clean(turned(film(tmp_path / "in").read_bytes()))
    assert (result.width, result.height) == (128, 192)
    for picture in (Image.open(io.BytesIO(result.preview)), keyframes(result.path)[0][1]):
        assert picture.size == (128, 192)
        # The blue corner was top left; after a quarter turn clockwise it is top right.
        assert near(picture.convert("RGB").getpixel((120, 8)), (20, 20, 230), 60)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"#EXTM3U\nfile:///etc/passwd", 415),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", 415),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", 415),
        (b"RIFF\x00\x00\x00\x00AVI LIST", 415),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", 400),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 100, 400),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\xff" * 5000, 400),
    ],
)
def test_other_files_are_refused(clean, tmp_path, data, status):
    with pytest.raises(BadFile) as caught:
        clean(data)
    assert caught.value.status == status
    assert caught.value.detail.endswith(".")
    assert not list((tmp_path / "cleaned").iterdir())


def test_size_length_and_pixels_are_limited(tmp_path, clean, monkeypatch):
    source = film(tmp_path / "in")
    with pytest.raises(BadFile, match="larger than") as caught:
        clean(source, max_bytes=source.stat().st_size - 1)
    assert caught.value.status == 413
    with pytest.raises(BadFile, match="longer than") as caught:
        clean(source, max_seconds=2)
    assert caught.value.status == 413
    monkeypatch.setattr("moderation.intake.video_files.MAX_PIXELS", 192 * 128 - 1)
    with pytest.raises(BadFile, match="megapixels") as caught:
        clean(source)
    assert caught.value.status == 413
    assert not list((tmp_path / "cleaned").iterdir())


def test_a_header_that_lies_about_its_length_does_not_help(tmp_path, clean):
    source = film(tmp_path / "in", "libvpx", "webm", None).read_bytes()
    at = source.index(b"\x44\x89\x88") + 3  # Duration: an eight-byte float in milliseconds
    with pytest.raises(BadFile, match="longer than"):
        clean(source[:at] + struct.pack(">d", 500.0) + source[at + 8 :], max_seconds=2)


def test_more_pixels_later_on_are_not_decoded(tmp_path, clean, monkeypatch):
    monkeypatch.setattr("moderation.intake.video_files.MAX_PIXELS", 200 * 150)
    data = bytearray(film(tmp_path / "in", size=(640, 480), sound=None).read_bytes())
    small, large = struct.pack(">HH", 160, 120), struct.pack(">HH", 640, 480)
    at = data.index(large, data.index(b"avc1"))
    data[at : at + 4] = small
    with pytest.raises(BadFile):
        clean(bytes(data))


@pytest.mark.parametrize(("codec", "kind", "sound"), [("libx264", "mp4", "aac"), ("libvpx", "webm", "libopus")])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_video_that_is_cut_off_is_refused(tmp_path, clean, codec, kind, sound, share):
    data = film(tmp_path / "in", codec, kind, sound, frames=200).read_bytes()
    with pytest.raises(BadFile) as caught:
        clean(data[: int(len(data) * share)])
    assert caught.value.status == 400


def test_a_cut_off_video_whose_index_stands_in_front_is_refused(tmp_path, clean):
    whole = clean(film(tmp_path / "in", frames=200)).path.read_bytes()
    with pytest.raises(BadFile, match="cut off"):
        clean(whole[: len(whole) * 6 // 10])


@pytest.mark.parametrize(("codec", "kind"), [("mpeg4", "mp4"), ("mjpeg", "matroska")])
def test_pictures_of_another_kind_are_415(tmp_path, clean, codec, kind):
    if codec == "mjpeg":
        with av.open(str(tmp_path / "in"), "w", format=kind) as out:
            stream = out.add_stream("mjpeg", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 64, "yuvj420p"
            out.mux(stream.encode(av.VideoFrame.from_image(frame_picture(0, (64, 64)))))
            out.mux(stream.encode())
    else:
        film(tmp_path / "in", codec, kind)
    with pytest.raises(BadFile) as caught:
        clean(tmp_path / "in")
    assert caught.value.status == 415


# -- keyframes ---------------------------------------------------------------------------------------------------


def test_keyframes_are_spread_over_time(tmp_path):
    found = keyframes(film(tmp_path / "in", frames=800, keys=10, sound=None))
    assert len(found) == 16
    seconds = [second for second, _ in found]
    assert seconds == sorted(seconds)
    gaps = [b - a for a, b in pairwise(seconds)]
    assert max(gaps) <= 2 * 40 / 16 + 0.1
    assert all(picture.size == (192, 128) and picture.mode == "RGB" for _, picture in found)


def test_a_short_shot_is_seen(tmp_path):
    """Half a second of green within 40 s, at a keyframe as encoders set them at a cut."""
    path = film(
        tmp_path / "in", frames=800, keys=10, colour=lambda n: (20, 220, 30) if 410 <= n < 420 else (200, 60, 30)
    )
    found = keyframes(path)
    assert any(near(picture.getpixel((150, 100)), (20, 220, 30), 60) for _, picture in found)


def test_one_keyframe_hides_nothing(tmp_path):
    colours = [(200, 60, 30), (20, 220, 30), (30, 30, 200), (200, 200, 20)]
    path = film(tmp_path / "in", frames=160, keys=1000, sound=None, colour=lambda n: colours[n // 40])
    found = keyframes(path)
    assert len(found) == 8
    for colour in colours:
        assert any(near(picture.getpixel((150, 100)), colour, 60) for _, picture in found)


def test_a_short_video_gives_few_pictures_and_a_file_object_will_do(tmp_path):
    path = film(tmp_path / "in", frames=10, sound=None)
    with path.open("rb") as file:
        assert len(keyframes(file)) == 1


def test_a_large_picture_is_made_smaller(tmp_path):
    path = film(tmp_path / "in", frames=3, size=(1920, 1080), sound=None)
    assert keyframes(path)[0][1].size == (1280, 720)


# -- any bytes ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    return [
        film(folder / "a", frames=12, size=(64, 48)).read_bytes(),
        film(folder / "b", "libvpx", "webm", "libopus", frames=12, size=(64, 48)).read_bytes(),
    ]


@given(
    st.integers(0, 1),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=10),
    st.one_of(st.none(), st.floats(0, 1)),
    st.binary(max_size=30),
)
@settings(max_examples=200, deadline=None)
def test_mutated_videos(films, which, changes, cut, tail):
    data = bytearray(films[which])
    for place, value in changes:
        data[int(place * len(data))] = value
    whole = bytes(data[: int(cut * len(data))] if cut is not None else data) + tail
    try:
        result = videos.clean_video(io.BytesIO(whole), MAX_BYTES)
    except BadFile:
        return
    try:
        assert len(keyframes(result.path)) >= 1
        assert max(Image.open(io.BytesIO(result.preview)).size) <= 1280
    finally:
        result.path.unlink()
