"""Draws the pictures of the policies' examples. They come with BrickMod; run it to change them."""

from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import ImageFilter

from moderation.demo.pictures import photo, spoilt

SIZE = (480, 360)


class Command(BaseCommand):
    help = "Draws the pictures of the policies' examples into static/img/examples/."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "img" / "examples"
        folder.mkdir(parents=True, exist_ok=True)
        build = photo("castle", 7)
        drawn = {
            "build": build,
            "build-2": photo("car", 11),
            "soft": build.filter(ImageFilter.GaussianBlur(build.width / 400)),
            "dark": spoilt("dark", 3, (1024, 768)),
            "desk": spoilt("no build", Random(5).randrange(1000), (1024, 768)),
        }
        for name, picture in drawn.items():
            picture.convert("RGB").resize(SIZE).save(folder / f"{name}.webp", quality=78, method=6)
            self.stdout.write(f"{name}.webp")
