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
    picture.save(file, kind, **({} if kind == "PNG" else {"quality": 88}))
    file.name = name
    file.seek(0)
    return file


def video(theme: str, seed: int, seconds: int = 3, size: tuple[int, int] = (640, 480)) -> BinaryIO:
    """A walk around a build: MP4, 12 frames a second, with a keyframe each second."""
    model, scene = build(theme, seed), Scene.by(seed, size)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.bit_rate, stream.gop_size = 1_500_000, 12
        # Every third picture is drawn, and shown three times: a shaky hand, and a third of the work.
        for step in range(seconds * 4):
            frame = np.asarray(render(model, scene.turned(36 + 28 * step / (seconds * 4))))
            for _ in range(3):
                for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                    container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    file.name = "build.mp4"
    file.seek(0)
    return file
