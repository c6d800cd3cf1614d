"""How a picture looks to a training: as production squashes it, or as a phone might have taken it.

A catalogue's picture is sharp, evenly lit and on white. A child's is on a table, under a lamp, a little askew, a little
blurred, and packed hard by a messenger. Every chance is drawn from torch's generator, so a seed decides all of it.
"""

import torch
from PIL import Image
from torch import nn
from torchvision.transforms import InterpolationMode, v2

CUBIC = InterpolationMode.BICUBIC
_WHITE = 235  # a byte from which on a pixel is a catalogue's ground
_MOSTLY = 0.6  # of the border that must be white for a picture to be on white


class Squash(nn.Module):
    """(3, side, side) bytes of the whole picture: what the served network sees, pixel for pixel."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, picture: Image.Image) -> torch.Tensor:
        small = picture.resize((self.side, self.side), Image.Resampling.BICUBIC, reducing_gap=2.0)
        return v2.functional.pil_to_tensor(small)


class OnATable(nn.Module):
    """A picture on white gets a ground of a drawn colour and light; others stay as they are. uint8 (3, h, w)."""

    def __init__(self, chance: float) -> None:
        super().__init__()
        self.chance = chance

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        white = (pixels >= _WHITE).all(0)
        edge = torch.cat([white[0], white[-1], white[:, 0], white[:, -1]])
        if torch.rand(()) >= self.chance or edge.float().mean() < _MOSTLY:
            return pixels
        height, width = white.shape
        spots = torch.rand(3, 1, 1) * 200 + torch.randn(3, 6, 6) * 18 + torch.randn(1, 6, 6) * 22
        ground = nn.functional.interpolate(spots[None], (height, width), mode="bicubic")[0]
        ground = (ground + torch.randn(1, height, width) * 6).clamp(0, 255)
        share = nn.functional.avg_pool2d(white[None].float(), 3, 1, 1)
        return (ground * share + pixels * (1 - share)).to(torch.uint8)


class Light(nn.Module):
    """A lamp's colour, brighter on one side. uint8 (3, h, w)."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        _, height, width = pixels.shape
        colour = 1 + (torch.rand(3, 1, 1) - 0.5) * 0.3
        turn, depth = torch.rand(()) * 6.2832, torch.rand(()) * 0.5
        y = torch.linspace(-0.5, 0.5, height)[:, None]
        x = torch.linspace(-0.5, 0.5, width)[None]
        slope = 1 + depth * (x * torch.cos(turn) + y * torch.sin(turn))
        return (pixels * colour * slope).clamp(0, 255).to(torch.uint8)


class Noise(nn.Module):
    """A sensor's noise in the dark. uint8 (3, h, w)."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return (pixels + torch.randn(pixels.shape) * torch.rand(()) * 12).clamp(0, 255).to(torch.uint8)


def phone(side: int) -> nn.Module:
    """PIL picture -> uint8 (3, side, side) as a phone might have taken it."""
    return v2.Compose(
        [
            v2.PILToTensor(),
            OnATable(0.7),
            v2.RandomResizedCrop(side, scale=(0.35, 1.0), ratio=(0.6, 1.6), interpolation=CUBIC, antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.RandomPerspective(0.25, p=1.0, fill=128)], 0.3),
            v2.RandomApply([v2.RandomRotation(15, interpolation=InterpolationMode.BILINEAR, fill=128)], 0.3),
            v2.RandomApply([Light()], 0.7),
            v2.ColorJitter(0.3, 0.3, 0.3, 0.02),
            v2.RandomApply([v2.GaussianBlur(5, (0.1, 1.5))], 0.3),
            v2.RandomApply([Noise()], 0.4),
            v2.RandomApply([v2.JPEG((30, 90))], 0.5),
        ]
    )


def look(kind: str, side: int) -> nn.Module:
    if kind not in ("phone", "none"):
        raise ValueError(f"augment is phone or none, not {kind}")
    return phone(side) if kind == "phone" else Squash(side)
