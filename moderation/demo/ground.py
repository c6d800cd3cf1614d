"""The desk under the model, its shadow on it, and the room behind."""

import random
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from moderation.demo.camera import Camera, aim
from moderation.demo.light import CELLS, Light
from moderation.demo.palette import LAMP, ROOM
from moderation.demo.scene import Scene
from moderation.demo.tables import SIDE, STEP, table

ROOMS = ((196, 186, 172), (150, 164, 176), (206, 200, 190), (128, 132, 138), (176, 190, 178), (204, 178, 150))


def cool(shade: Image.Image) -> Image.Image:
    """A grey picture of shade as RGB: shadows are a little bluer than light."""
    return Image.merge("RGB", [shade.point([int(255 * (v / 255) ** k) for v in range(256)]) for k in (1.06, 1.0, 0.88)])


def ground(camera: Camera, scene: Scene, light: Light, middle: NDArray[np.float64], radius: float) -> Image.Image:
    """The picture without the model. It is out of focus anyway, so it is drawn at half the size."""
    picture = _bare(camera, scene, middle, radius)
    small = picture.size
    share = (ROOM * (0.3 + 0.7 * light.room[0]) + LAMP * 0.85 * light.lamp[0]) / (ROOM + LAMP * 0.85)
    shadow = Image.fromarray(np.clip(share.T * 255, 0, 255).astype(np.uint8))
    tiny = scene.size[0] // 4, scene.size[1] // 4
    # Beyond the map of light there is full light: white.
    laid = shadow.transform(
        tiny,
        Image.Transform.PERSPECTIVE,
        camera.ground_to_map(np.array(light.corner), np.eye(2) * CELLS, 4.0),
        Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    laid = laid.filter(ImageFilter.BoxBlur(1)).resize(small, Image.Resampling.BILINEAR)
    return ImageChops.multiply(picture, cool(laid)).resize(scene.size, Image.Resampling.BICUBIC)


def empty(scene: Scene) -> Image.Image:
    """A desk on which nothing stands."""
    low, high = np.array([0.0, 0.0, 0.0]), np.array([16.0, 12.0, 8.0])
    camera = aim(low, high, scene.size, scene.azimuth, scene.elevation, scene.share, scene.shift)
    picture = _bare(camera, scene, (low + high) / 2, float(np.linalg.norm(high - low)) / 2)
    return picture.resize(scene.size, Image.Resampling.BICUBIC)


def _bare(camera: Camera, scene: Scene, middle: NDArray[np.float64], radius: float) -> Image.Image:
    """Desk and room at half the size, in full light."""
    small = scene.size[0] // 2, scene.size[1] // 2
    # Turned so that the desk's far edge runs across the picture, give or take.
    turn = radians(scene.azimuth + scene.turn * (0.25 if scene.edge else 1))
    away = -np.array([cos(turn), sin(turn)])
    across = np.array([-sin(turn), cos(turn)])
    # The map must reach as far to the sides and to the back as the picture does, within reason.
    x, y = np.meshgrid(np.array([0.0, scene.size[0]]), np.array([0.0, scene.size[1]]))
    rays = camera.rays(x.ravel(), y.ravel())
    rays[:, 2] = np.minimum(rays[:, 2], -0.08)
    seen = (camera.eye - rays * (camera.eye[2] / rays[:, 2])[:, None])[:, :2] - middle[:2]
    far = min(float((seen @ away).max()) + 1, 7 * radius)
    near = -float((seen @ away).min()) + 1
    if scene.edge:
        far = min(far, scene.edge * radius)
    reach = max(SIDE * STEP, far + near, 2 * min(float(np.abs(seen @ across).max()) + 1, 7 * radius))
    step = reach / SIDE
    corner = middle[:2] + away * far - across * reach / 2
    to_map = np.stack([across, -away]) / step
    picture = table(scene.table).transform(
        small, Image.Transform.PERSPECTIVE, camera.ground_to_map(corner, to_map, 2.0), Image.Resampling.BILINEAR
    )
    if scene.edge or far >= 7 * radius:
        there = Image.new("L", (SIDE, SIDE), 255).transform(
            small, Image.Transform.PERSPECTIVE, camera.ground_to_map(corner, to_map, 2.0), Image.Resampling.NEAREST
        )
        # Beyond the map is black: soften the edge on the desk's side alone, where there is desk to be mixed in.
        soft = there.filter(ImageFilter.BoxBlur(3)).point([max(0, 2 * v - 255) for v in range(256)])
        picture = Image.composite(picture, _room(small, random.Random(scene.seed)), soft)
    return picture


def _room(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """A wall far out of focus, with a few things before it."""
    w, h = 160, 120
    wall = rng.choice(ROOMS)
    room = Image.new("RGB", (w, h), wall)
    draw = ImageDraw.Draw(room)
    for _ in range(rng.randint(3, 6)):
        x, wide, high = rng.randint(-10, w), rng.randint(10, 34), rng.randint(20, 70)
        k = rng.uniform(0.72, 1.12)
        tint = tuple(min(255, int(v * k + rng.randint(-18, 18))) for v in wall)
        draw.rectangle((x, h // 2 - high, x + wide, h), fill=tint)
    for _ in range(rng.randint(0, 5)):
        x, y, r = rng.randint(0, w), rng.randint(0, h // 3), rng.randint(3, 8)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(250, 236, 206))
    return room.filter(ImageFilter.GaussianBlur(6)).resize(size, Image.Resampling.BICUBIC)
