"""Draws a model of bricks as a picture: what a child's photo of it on a desk would look like.

The model's parts are sorted from back to front, drawn twice as large as the picture and shrunk, which smooths edges.
Light and shadow are worked out for places on the model (light.py), at half the size, and laid over it. The same
arguments give the same pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from moderation.demo.camera import Camera, aim
from moderation.demo.ground import cool, ground
from moderation.demo.light import CELLS, Light, shine
from moderation.demo.marks import outline
from moderation.demo.palette import COLOURS, Colour, brightness, toned
from moderation.demo.photo import photographed
from moderation.demo.scene import Scene
from moderation.demo.shapes import PLATE, Brick, Build, Face

Array = NDArray[np.float64]
_SIDES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def render(build: Build, scene: Scene) -> Image.Image:
    """The picture of a model: RGB, of the scene's size (even numbers of pixels)."""
    low, high = np.min([b.low for b in build.bricks], axis=0), np.max([b.high for b in build.bricks], axis=0)
    camera = aim(low, high, scene.size, scene.azimuth, scene.elevation, scene.share, scene.shift)
    light = shine(build.bricks, np.array(scene.lamp))
    lamp = np.array(scene.lamp) / np.linalg.norm(scene.lamp)
    middle, radius = (low + high) / 2, float(np.linalg.norm(high - low)) / 2
    picture = ground(camera, scene, light, middle, radius)
    model = _Model(_ordered(build.bricks, camera), camera)
    box = model.bounds(scene.size)
    drawn, mask = model.drawn(box, light, lamp)
    picture.paste(ImageChops.multiply(drawn, model.shade(box, light, lamp)), box, mask)
    return photographed(picture, scene)


def _ordered(bricks: Sequence[Brick], camera: Camera) -> list[Brick]:
    """From back to front. Of two bricks one is behind when a plane parts them and it lies on the far side."""
    low, high = np.array([b.low for b in bricks]), np.array([b.high for b in bricks])
    part = np.asarray(np.any(high[:, None] <= low[None] + 1e-6, axis=-1))
    behind = part & ~part.T
    depth = ((low + high) / 2 - camera.eye) @ camera.axes[2]
    waits = behind.sum(0)
    done = np.zeros(len(bricks), dtype=bool)
    order = []
    for _ in bricks:
        free = np.flatnonzero(~done & (waits <= 0))
        # Three bricks can lie on each other in a ring; the farthest goes first then.
        among = free if len(free) else np.flatnonzero(~done)
        pick = int(among[np.argmax(depth[among])])
        order.append(bricks[pick])
        done[pick] = True
        waits = waits - behind[pick]
    return order


@dataclass(frozen=True)
class _Stud:
    """Pixels of the doubled picture."""

    x: float
    y: float
    r: float


class _Model:
    """Bricks from back to front, with the sides that the camera sees and where they are in the picture."""

    def __init__(self, bricks: list[Brick], camera: Camera) -> None:
        self.bricks, self.camera = bricks, camera
        self.faces: list[Face] = []
        self.ends: list[int] = []  # of each brick in faces
        eye = camera.eye
        for brick in bricks:
            for f in brick.faces():
                (x, y, z), (a, b, c) = f.corners[0], f.normal
                if a * (eye[0] - x) + b * (eye[1] - y) + c * (eye[2] - z) > 0:
                    self.faces.append(f)
            self.ends.append(len(self.faces))
        self.flat = camera.project(np.array([c for f in self.faces for c in f.corners], dtype=float))
        self.normals = np.array([f.normal for f in self.faces], dtype=float)
        self.normals /= np.linalg.norm(self.normals, axis=1, keepdims=True)

    def bounds(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """The part of the picture that the model takes: left, top, right, bottom, all even."""
        least, most = self.flat.min(0) - 24, self.flat.max(0) + 24
        left, top = (max(0, int(v)) // 2 * 2 for v in least)
        right, bottom = (min(limit, int(v)) // 2 * 2 for limit, v in zip(size, most, strict=True))
        return left, top, right, bottom

    def _polygons(self, flat: Array) -> list[list[tuple[float, float]]]:
        points = [(x, y) for x, y in flat.tolist()]
        out, at = [], 0
        for f in self.faces:
            out.append(points[at : at + len(f.corners)])
            at += len(f.corners)
        return out

    def drawn(self, box: tuple[int, int, int, int], light: Light, lamp: Array) -> tuple[Image.Image, Image.Image]:
        """The model in full light on nothing, and where it is."""
        start = np.array(box[:2])
        large = Image.new("RGB", ((box[2] - box[0]) * 2, (box[3] - box[1]) * 2))
        cover = Image.new("L", large.size)
        draw, stamp = ImageDraw.Draw(large), ImageDraw.Draw(cover)
        polygons = self._polygons((self.flat - start) * 2)
        bright = np.add(*brightness(self.normals, lamp)).tolist()
        side_light = {s: float(np.add(*brightness(np.array([n]), lamp))[0]) for s, n in _SIDES.items()}
        seam = max(1, round(self.camera.focal / float(np.linalg.norm(self.camera.eye)) * 0.06))
        first = 0
        for brick, end, studs in zip(self.bricks, self.ends, self._studs(start, light), strict=True):
            for i in range(first, end):
                face, points = self.faces[i], polygons[i]
                colour = COLOURS[face.colour]
                draw.polygon(points, fill=toned(colour, bright[i]))
                stamp.polygon(points, fill=255)
                if face.edge:
                    # Worn edges catch light above and keep a dark seam below.
                    rim = 1.12 if face.normal[2] > 0.5 else 0.86
                    draw.line([*points, points[0]], fill=toned(colour, bright[i] * rim), width=seam, joint="curve")
            first = end
            for mark in brick.marks:
                spots = (self.camera.project(outline(mark, brick)) - start) * 2
                draw.polygon(
                    [(x, y) for x, y in spots.tolist()], fill=toned(COLOURS[mark.colour], side_light[mark.side] * 1.04)
                )
            for stud in studs:
                _draw_stud(draw, stamp, COLOURS[brick.colour], stud, self.camera.sunk, side_light["z"])
        return large.reduce(2), cover.reduce(2)

    def _studs(self, start: NDArray[np.int_], light: Light) -> list[list[_Stud]]:
        """For each brick the studs that nothing stands on, from back to front."""
        places = [[(x, y, b.high[2]) for x, y in b.stud_places()] for b in self.bricks]
        everything = np.array([p for spots in places for p in spots] or [(0.0, 0.0, 0.0)])
        free = (~light.is_full(everything + np.array([0.25 / CELLS, 0.25 / CELLS, PLATE / 2]))).tolist()
        flat = ((self.camera.project(everything) - start) * 2).tolist()
        radius = (self.camera.scale_at(everything) * 2 * 0.3).tolist()
        out, at = [], 0
        for spots in places:
            found = [_Stud(flat[i][0], flat[i][1], radius[i]) for i in range(at, at + len(spots)) if free[i]]
            out.append(sorted(found, key=lambda stud: stud.y))
            at += len(spots)
        return out

    def shade(self, box: tuple[int, int, int, int], light: Light, lamp: Array) -> Image.Image:
        """What to multiply the model by: 255 where nothing keeps light away. Worked out at half the size."""
        size = box[2] - box[0], box[3] - box[1]
        which = Image.new("I", (size[0] // 2, size[1] // 2))
        draw = ImageDraw.Draw(which)
        for n, points in enumerate(self._polygons((self.flat - np.array(box[:2])) / 2), 1):
            draw.polygon(points, fill=n)
        numbers = np.asarray(which)
        rows, columns = np.nonzero(numbers)
        number = numbers[rows, columns] - 1
        level = np.einsum("ij,ij->i", self.normals, np.array([f.corners[0] for f in self.faces]))
        ray = self.camera.rays(columns * 2.0 + 1 + box[0], rows * 2.0 + 1 + box[1])
        normal = self.normals[number]
        far = (level[number] - normal @ self.camera.eye) / np.einsum("ij,ij->i", normal, ray)
        # A little off the surface, or a brick would shade itself.
        lit, open_to = light.at(self.camera.eye + ray * far[:, None] + normal * np.array([0.32, 0.32, PLATE * 0.6]))
        room, direct = brightness(self.normals, lamp)
        share = (room[number] * open_to + direct[number] * lit) / (room + direct)[number]
        plane = np.full(numbers.shape, 255, dtype=np.uint8)
        plane[rows, columns] = np.clip(share * 255, 0, 255).astype(np.uint8)
        return cool(Image.fromarray(plane).filter(ImageFilter.BoxBlur(1)).resize(size, Image.Resampling.BILINEAR))


def _draw_stud(
    draw: ImageDraw.ImageDraw, stamp: ImageDraw.ImageDraw, colour: Colour, stud: _Stud, sunk: float, top: float
) -> None:
    x, y, r = stud.x, stud.y, stud.r
    flat, rise = r * sunk, r * 0.62 * (1 - sunk**2) ** 0.5
    soft = r * 0.2
    dark, body = toned(colour, top * 0.86), toned(colour, top * 0.76)
    draw.ellipse((x - r - soft * 0.3, y - flat, x + r + soft, y + flat + soft * 0.6), fill=dark)
    draw.rectangle((x - r, y - rise, x + r, y), fill=body)
    draw.ellipse((x - r, y - flat, x + r, y + flat), fill=body)
    # The round side's lighter part, down to the foot's curve.
    foot = [(x + r * u, y + flat * (1 - u * u) ** 0.5) for u in (-0.1, 0.2, 0.5, 0.78)]
    draw.polygon([(x - r * 0.1, y - rise), *foot, (x + r * 0.78, y - rise)], fill=toned(colour, top * 0.84))
    stamp.rectangle((x - r, y - rise, x + r, y), fill=255)
    stamp.ellipse((x - r, y - rise - flat, x + r, y - rise + flat), fill=255)
    draw.ellipse((x - r, y - rise - flat, x + r, y - rise + flat), fill=toned(colour, top * 1.12))
    draw.ellipse((x - r * 0.88, y - rise - flat * 0.82, x + r * 0.88, y - rise + flat * 0.94), fill=toned(colour, top))
