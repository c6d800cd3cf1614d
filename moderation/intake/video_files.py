"""Opens a video from outside with everything shut that ffmpeg can do beyond reading one file of a known kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from moderation.intake.bad_file import BadFile
from moderation.intake.file_kinds import HEAD, video_kind

CODECS = {"h264", "hevc", "av1", "vp8", "vp9"}
MAX_PIXELS = 4096 * 2304  # a phone's 4K, either way round
PICTURE_SIDE = 1280


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[InputContainer]:
    """The container of a video, its demuxer chosen by magic bytes. Raises BadFile(415) for any other file.

    ffmpeg reads through our file object: no path or URL inside the video can lead it to another file or host.
    """
    if isinstance(source, Path):
        with source.open("rb") as file, opened(file) as container:
            yield container
        return
    source.seek(0)
    kind = video_kind(source.read(HEAD))
    if kind is None:
        raise BadFile(415, "This is no video of a kind that is taken: MP4, MOV, WebM or Matroska.")
    source.seek(0)
    with av.open(source, "r", format=kind, metadata_errors="ignore") as container:
        yield container


def picture_stream(container: InputContainer) -> VideoStream:
    """The one stream of moving pictures. A cover does not count; a second film would be one that nobody looks at."""
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & (av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails)
    ]
    if not streams:
        raise BadFile(400, "The video has no moving pictures.")
    if len(streams) > 1:
        raise BadFile(415, f"The video has {len(streams)} tracks of moving pictures; one is taken.")
    stream = streams[0]
    if stream.codec_context is None or stream.codec_context.name not in CODECS | {"libdav1d", "libaom-av1"}:
        raise BadFile(415, "The moving pictures are of a kind that is not taken; H.264, HEVC, AV1, VP8 and VP9 are.")
    # The header's size is a promise; the decoder holds every frame to the limit.
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    stream.codec_context.thread_count = 1  # workers share the cores, and frames come out without delay
    if not 0 < stream.width * stream.height <= MAX_PIXELS:
        raise BadFile(413, f"The video's pictures have more than {MAX_PIXELS / 1_000_000:.1f} megapixels.")
    return stream


def upright(frame: av.VideoFrame) -> Image.Image:
    """The frame as a person sees it: RGB, turned as the camera says, long side at most 1280 pixels."""
    factor = min(1.0, PICTURE_SIDE / max(frame.width, frame.height))
    picture = frame.to_image(width=max(2, round(frame.width * factor)), height=max(2, round(frame.height * factor)))
    quarter_turns = round(frame.rotation / 90) % 4  # counterclockwise
    return picture.transpose(_TURNS[quarter_turns]) if quarter_turns else picture


_TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
