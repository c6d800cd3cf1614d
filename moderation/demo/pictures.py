"""Pictures and videos as files, the way an app sends them."""

import io
from random import Random
from typing import BinaryIO

import av
import numpy as np
from PIL import Image

from moderation.demo.bricks import render
from moderation.demo.builds import build
from moderation.demo.scene import Scene
from moderation.demo.spoilt import SPOILT

# What phones and tablets send, a little smaller: wide, upright, square.
SIZES = ((1280, 960), (1024, 768), (960, 1280), (1280, 720), (1024, 1024), (1600, 1200))


def photo(theme: str, seed: int, size: tuple[int, int] | None = None, view: int = 0) -> Image.Image:
    """A build of this theme and number; another `view` shows the same build from another side."""
    rng = Random(seed)
    size = size or rng.choice(SIZES[:5] if seed % 9 else SIZES)
    scene = Scene.by(seed, size)
    return render(build(theme, seed), scene.seen_from(view) if view else scene)


def spoilt(kind: str, seed: int, size: tuple[int, int] = (1024, 768)) -> Image.Image:
    return SPOILT[kind](Random(seed), size)


def file_of(picture: Image.Image, name: str = "build.jpg") -> BinaryIO:
    """The picture as a file with this name; its ending says how it is written."""
    file = io.BytesIO()
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[name.rsplit(".", 1)[-1]]
    # Quick rather than small: nobody keeps these files.
    how = {"JPEG": {"quality": 88}, "PNG": {"compress_level": 1}, "WEBP": {"quality": 80, "method": 0}}[kind]
    picture.save(file, kind, **how)
    file.name = name
    file.seek(0)
    return file


def video(theme: str, seed: int, seconds: int = 3, size: tuple[int, int] = (640, 480)) -> BinaryIO:
    """A walk around a build: WebM, 12 frames a second, with a keyframe each second."""
    model, scene = build(theme, seed), Scene.by(seed, size)
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        # VP8: free, and every browser plays it. One thread: several cost ten times as much for so small a picture.
        stream = container.add_stream("libvpx", rate=12)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.bit_rate = 1_000_000
        coder = stream.codec_context
        coder.options, coder.gop_size, coder.thread_count = {"deadline": "realtime", "cpu-used": "8"}, 12, 1
        # Every fourth picture is drawn, and shown four times: a shaky hand, and a quarter of the work.
        for step in range(seconds * 3):
            frame = np.asarray(render(model, scene.turned(36 + 28 * step / (seconds * 3))))
            for _ in range(4):
                for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                    container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    file.name = "build.webm"
    file.seek(0)
    return file
