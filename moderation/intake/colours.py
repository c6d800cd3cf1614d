"""Any picture as plain sRGB: profiles applied, 16 bits to 8, transparency laid on a background. Without Django."""

import io
from functools import lru_cache

from PIL import Image, ImageCms

# A lattice of 9 x 9 x 9 colours: what a profile does to these, it does to all.
_LATTICE = [(r, g, b) for r in range(0, 256, 32) for g in range(0, 256, 32) for b in range(0, 256, 32)]
_NEAR = 3  # levels of 255 that nobody sees
_WHITE_SHARE = 0.005


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@lru_cache(maxsize=32)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform to sRGB; None when it is broken, of another mode, or changes nothing that is seen.

    Most profiles are some maker's sRGB. They are known by what they do and not by their name, which anybody may
    write into a profile that turns a picture into another one.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, _srgb(), mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # as browsers do: a broken profile counts as none
    if mode == "RGB":
        lattice = Image.new("RGB", (len(_LATTICE), 1))
        lattice.putdata(_LATTICE)
        changed = ImageCms.applyTransform(lattice, transform)
        if changed is not None and all(
            abs(old - new) <= _NEAR for old, new in zip(lattice.tobytes(), changed.tobytes(), strict=True)
        ):
            return None
    return transform


def _apply_profile(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """`picture` (RGB, L or CMYK) as RGB."""
    transform = _to_srgb(profile, picture.mode) if profile else None
    if transform is not None:
        changed = ImageCms.applyTransform(picture, transform)
        if changed is not None:
            return changed
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _background(rgb: Image.Image, alpha: Image.Image) -> tuple[int, int, int]:
    """White, unless the drawing itself is nearly white and would vanish: then the grey that it stands out from most.

    What a person checks must show what a page with another background would show.
    """
    visible = alpha.point([0] * 32 + [255] * 224)
    histogram = rgb.convert("L").histogram(visible)
    total = sum(histogram) or 1

    def hidden(level: int) -> float:
        return sum(histogram[max(0, level - 24) : level + 25]) / total

    level = 255 if hidden(255) < _WHITE_SHARE else min((128, 40, 255), key=hidden)
    return level, level, level


def plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A new or the same picture as 8-bit sRGB without transparency."""
    if picture.mode.startswith("I"):
        # 16 bits of grey. Pillow's own conversion to L clips at 255, which turns all of it white.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        rgb = _apply_profile(picture.convert("RGB"), profile)
        if alpha.getextrema() == (255, 255):
            return rgb
        laid = Image.new("RGB", rgb.size, _background(rgb, alpha))
        laid.paste(rgb, mask=alpha)
        return laid
    if picture.mode not in {"RGB", "L", "CMYK"}:
        picture = picture.convert("L" if picture.mode in {"1", "F"} else "RGB")
    return _apply_profile(picture, profile)
