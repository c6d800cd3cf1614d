"""A video from outside, checked, then packed anew with its pictures and sound and nothing else. Pure code, no Django.

Pictures and sound are copied, not encoded again: minutes of work for each upload would buy little, as what is published
is the app's own file. Everything else stays behind: title, place, times, chapters, covers, subtitles, data tracks, and
the free text that H.264, HEVC and AV1 carry between their pictures.
"""

import errno
import io
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.codec.context import CodecContext
from av.container import InputContainer
from av.video.stream import VideoStream

from moderation.intake.bad_file import BadFile
from moderation.intake.file_kinds import HEAD, video_kind
from moderation.intake.keyframes import keyframes
from moderation.intake.video_files import opened, picture_stream

__all__ = ["CleanVideo", "clean_video", "keyframes"]

MAX_SECONDS = 600
MAX_RATE = 250  # packets a second that a camera may write, for each stream
PREVIEW_QUALITY = 85
SOUNDS = {"aac", "mp3", "opus", "vorbis", "flac", "alac"}

_CHUNK = 1 << 20
# What a codec's own free text (SEI, metadata OBU) is called there: dash cameras write places and times into it.
_TALK = {"h264": "6", "hevc": "39-40", "av1": "5"}
_PLACE_WORDS = ("location", "gps", "geo", "xyz", "iso6709")


@dataclass(frozen=True)
class CleanVideo:
    """`path` is a temporary file that the caller removes. Width and height in pixels, as shown (turned)."""

    path: Path
    suffix: str
    width: int
    height: int
    seconds: float
    preview: bytes
    had_gps: bool


def clean_video(file: BinaryIO, max_bytes: int, max_seconds: float = MAX_SECONDS) -> CleanVideo:
    """Raises BadFile for everything that is not a whole video of a kind that is taken."""
    with tempfile.TemporaryFile() as whole:
        _copy(file, whole, max_bytes)
        path: Path | None = None
        try:
            with opened(whole) as source:
                video = picture_stream(source)
                if source.duration and source.duration / av.time_base > max_seconds:
                    raise _too_long(max_seconds)
                sound = _sound(source)
                kind, suffix = _container(video.codec_context.codec.canonical_name, sound)
                with tempfile.NamedTemporaryFile(suffix=f".{suffix}", delete=False) as target:
                    path = Path(target.name)
                had_gps = _names_a_place(source)
                seconds = _repack(source, video, sound, path, kind, max_seconds)
            # Read from the new file: it is the one that will be shown, so it is the one that has to be whole.
            picture = keyframes(path, 1)[0][1]
        except BaseException as error:
            if path is not None:
                path.unlink(missing_ok=True)
            if isinstance(error, BadFile) or not isinstance(error, Exception):
                raise
            if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EMFILE}:
                raise  # our disk, not their file
            raise BadFile(400, "The video file is broken or cut off; send it again.") from error
    preview = io.BytesIO()
    picture.save(preview, "JPEG", quality=PREVIEW_QUALITY)
    turned = (picture.width > picture.height) != (video.width > video.height) and picture.width != picture.height
    width, height = (video.height, video.width) if turned else (video.width, video.height)
    return CleanVideo(path, suffix, width, height, round(seconds, 3), preview.getvalue(), had_gps)


def _copy(file: BinaryIO, to: BinaryIO, max_bytes: int) -> None:
    """`file` into `to`, as long as it is a video by its first bytes and not too large."""
    chunk = file.read(_CHUNK)
    if not chunk:
        raise BadFile(400, "The file is empty.")
    if video_kind(chunk[:HEAD]) is None:
        raise BadFile(415, "This is no video of a kind that is taken: MP4, MOV, WebM or Matroska.")
    size = 0
    while chunk:
        size += len(chunk)
        if size > max_bytes:
            raise BadFile(413, f"The video is larger than {max_bytes / 1_000_000:g} MB.")
        to.write(chunk)
        chunk = file.read(_CHUNK)
    to.seek(0)


def _sound(source: InputContainer) -> AudioStream | None:
    """The first track of a known kind. Phones write a second one in a format of their maker's, which is left behind."""
    tracks = source.streams.audio
    for track in tracks:
        if track.codec_context is not None and track.codec_context.codec.canonical_name in SOUNDS:
            return track
    if tracks:
        raise BadFile(415, "The sound is of a kind that is not taken; AAC, MP3, Opus, Vorbis, FLAC and ALAC are.")
    return None


def _container(video: str, sound: AudioStream | None) -> tuple[str, str]:
    """(ffmpeg's name, suffix) of the container that browsers play these two in."""
    heard = sound.codec_context.codec.canonical_name if sound else ""
    if video in {"vp8", "vp9", "av1"} and heard in {"", "opus", "vorbis"}:
        return "webm", "webm"
    if video != "vp8" and heard != "vorbis":
        return "mp4", "mp4"
    return "matroska", "mkv"


def _names_a_place(source: InputContainer) -> bool:
    said: list[Iterable[str]] = [source.metadata, *(stream.metadata for stream in source.streams)]
    return any(word in key.lower() for keys in said for key in keys for word in _PLACE_WORDS)


def _repack(
    source: InputContainer,
    video: VideoStream,
    sound: AudioStream | None,
    path: Path,
    kind: str,
    max_seconds: float,
) -> float:
    """Copy the packets of the two streams into a new file; returns how many seconds they last."""
    kept = [video, sound] if sound else [video]
    promised = float(video.duration * video.time_base) if video.duration and video.time_base else 0.0
    promised = promised or (source.duration or 0) / av.time_base
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    left = int(max_seconds * MAX_RATE * len(kept))
    # bitexact: no date, no random id, no name of a library; the same file in gives the same file out.
    options = {"fflags": "+bitexact", **({"movflags": "+faststart"} if kind == "mp4" else {})}
    with av.open(path, "w", format=kind, container_options=options) as target:
        copies = {stream.index: target.add_stream_from_template(stream, opaque=True) for stream in kept}
        for copy in copies.values():
            copy.metadata.clear()
        talk = _TALK.get(video.codec_context.codec.canonical_name)
        # It writes units with start codes; told so by its own parameters, the container turns them into lengths again.
        quiet = (
            BitStreamFilterContext(f"filter_units=remove_types={talk}", video, copies[video.index]) if talk else None
        )
        if quiet:
            _quiet_start(copies[video.index].codec_context, video.codec_context.codec.canonical_name)
        for packet in source.demux(kept):
            if packet.dts is None or packet.pts is None:
                continue
            left -= 1
            index, begin = packet.stream.index, float(packet.pts * packet.time_base)
            end = begin + float((packet.duration or 0) * packet.time_base)
            starts[index] = min(begin, starts.get(index, begin))
            ends[index] = max(end, ends.get(index, end))
            if left < 0 or ends[index] - starts[index] > max_seconds:
                raise _too_long(max_seconds)
            for passed in quiet.filter(packet) if quiet and index == video.index else [packet]:
                passed.stream = copies[index]
                target.mux(passed)
        if quiet:
            with suppress(EOFError):
                for passed in quiet.filter(None):
                    passed.stream = copies[video.index]
                    target.mux(passed)
    seconds = ends.get(video.index, 0.0) - starts.get(video.index, 0.0)
    # Where the index stands in front, ffmpeg reads a file that lacks its end without a word.
    if promised and seconds < promised - max(1.0, promised * 0.1):
        raise BadFile(400, "The video file is cut off; send it again.")
    return max(end - starts[index] for index, end in ends.items()) if ends else 0.0


def _quiet_start(context: CodecContext, codec: str) -> None:
    """Take the free text out of what stands before the first picture too: the filter leaves that as it is."""
    start = context.extradata or b""
    if codec not in {"h264", "hevc"} or not start.startswith((b"\0\0\1", b"\0\0\0\1")):
        return
    units = [unit.rstrip(b"\0") for unit in start.split(b"\0\0\1") if unit.strip(b"\0")]
    kept = [unit for unit in units if (unit[0] & 31 != 6 if codec == "h264" else unit[0] >> 1 & 63 not in {39, 40})]
    context.extradata = b"".join(b"\0\0\0\1" + unit for unit in kept)


def _too_long(max_seconds: float) -> BadFile:
    return BadFile(413, f"The video is longer than {max_seconds / 60:g} minutes.")
