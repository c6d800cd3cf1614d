"""A video as a few pictures that stand for all of it."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image, ImageChops, ImageStat

from moderation.intake.bad_file import BadFile
from moderation.intake.video_files import opened, picture_stream, upright

TRIES = 8  # keyframes that are looked at for each one that is returned
MIN_SLOT_SECONDS = 1.0  # closer together, pictures show the same
MAX_DECODED = 1500  # frames between keyframes, for a whole video: some 10 s of work in Full HD


def keyframes(source: Path | BinaryIO, limit: int = 16) -> list[tuple[float, Image.Image]]:
    """At most `limit` (seconds from the start, RGB picture, upright, long side at most 1280), in order of time.

    1. The length is cut into `limit` slots. 2. Of each slot's keyframes (up to 8 of them) the one is taken that differs
    most from the picture before, so that a short shot is seen too. 3. A slot without a keyframe gives the frame in its
    middle: who records with one keyframe in ten minutes hides nothing. Encoders set keyframes at cuts, and decoding
    only these is what makes it cheap. Raises BadFile when not even one picture can be had.
    """
    with opened(source) as container:
        stream = picture_stream(container)
        keys, first, last = _index(container, stream)
        slots = _slots(keys, first, last, stream.time_base or Fraction(1, 1000), limit)
        taken: list[tuple[float, Image.Image]] = []
        before: Image.Image | None = None
        for _, candidates in groupby(_decoded(container, stream, keys, slots), key=lambda one: one[0]):
            found = ((_difference(sketch := _sketch(frame), before), frame, sketch) for _, frame in candidates)
            _, frame, before = max(found, key=lambda one: one[0])
            taken.append((float(((frame.pts or first) - first) * (stream.time_base or 0)), upright(frame)))
    if not taken:
        raise BadFile(400, "No picture of the video can be decoded.")
    return taken


def _sketch(frame: av.VideoFrame) -> Image.Image:
    return frame.to_image(width=16, height=16)


def _difference(sketch: Image.Image, before: Image.Image | None) -> float:
    """Mean difference in levels of 255; 0 when there is nothing to compare with, so that the first one is taken."""
    return sum(ImageStat.Stat(ImageChops.difference(sketch, before)).mean) / 3 if before else 0.0


def _index(container: InputContainer, stream: VideoStream) -> tuple[list[int], int, int]:
    """(times of all keyframes, the first time, the last time) in the stream's ticks, without decoding."""
    keys: list[int] = []
    first: int | None = None
    last = 0
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        first = packet.pts if first is None else min(first, packet.pts)
        last = max(last, packet.pts)
        if packet.is_keyframe:
            keys.append(packet.pts)
    if first is None or not keys:
        raise BadFile(400, "The video has no pictures.")
    return sorted(set(keys)), first, last


def _slots(keys: list[int], first: int, last: int, tick: Fraction, limit: int) -> list[tuple[int, int]]:
    """(slot, time that is wanted) for every picture that is to be decoded, in order of time."""
    count = max(1, min(limit, math.ceil(float((last - first) * tick) / MIN_SLOT_SECONDS)))
    width = Fraction(last - first + 1, count)
    wanted: list[tuple[int, int]] = []
    for slot in range(count):
        start, end = first + math.ceil(slot * width), first + math.ceil((slot + 1) * width)
        inside = keys[bisect_right(keys, start - 1) : bisect_right(keys, end - 1)]
        step = max(1, math.ceil(len(inside) / TRIES))
        wanted += [(slot, time) for time in inside[::step] or [(start + end) // 2]]
    return wanted


def _decoded(
    container: InputContainer, stream: VideoStream, keys: list[int], wanted: list[tuple[int, int]]
) -> Iterator[tuple[int, av.VideoFrame]]:
    """(slot, frame) for what is wanted, as far as it can be decoded. One seek for each keyframe that leads."""
    left = MAX_DECODED
    for key, group in groupby(wanted, key=lambda one: keys[max(0, bisect_right(keys, one[1]) - 1)]):
        targets = list(group)
        alone = len(targets) == 1 and targets[0][1] <= key
        stream.codec_context.skip_frame = "NONKEY" if alone else "DEFAULT"
        container.seek(key, stream=stream, backward=True, any_frame=False)
        for frame in _frames(container, stream, key, alone):
            left -= not alone
            if frame.pts is None:
                continue
            while targets and frame.pts >= targets[0][1]:
                yield targets.pop(0)[0], frame
            if not targets or left <= 0:
                break
        stream.codec_context.flush_buffers()


def _frames(container: InputContainer, stream: VideoStream, key: int, alone: bool) -> Iterator[av.VideoFrame]:
    """Frames from keyframe `key` on; `alone`: just that one, without waiting for the decoder's delay."""
    context = stream.codec_context
    for packet in container.demux(stream):
        if packet.pts is not None and packet.pts < key and packet.is_keyframe:
            continue  # the index led to an earlier one
        try:
            yield from context.decode(packet)
            if alone and packet.pts == key:
                yield from context.decode(None)
                return
        except av.error.InvalidDataError:
            continue  # one bad packet; the next keyframe heals it
