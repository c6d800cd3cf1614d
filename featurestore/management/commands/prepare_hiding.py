"""Makes the projection's secret, and finds its axes for the encoders in use."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from brickmod.keys import Keys
from featurestore.encoders import image_encoder, text_encoder
from featurestore.privacy.hiding import KEY, Projection, axes_file
from featurestore.privacy.samples import samples


class Command(BaseCommand):
    help = "Prepares FEATURE_HIDING=projection. What is there stays: other axes would make another encoder version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="how many public pictures and texts")

    def handle(self, **options: Any) -> None:
        secret, made = Keys.configured().make(KEY), None
        for encoder, part in ((image_encoder(), "public"), (text_encoder(), "public_texts")):
            if axes_file(encoder.version).exists():
                self.stdout.write(f"{encoder.version}: is prepared")
                continue
            made = made or samples(options["scale"], 0)
            try:
                projection = Projection.fit(encoder.encode(getattr(made, part)), secret)
            except ValueError as error:
                raise CommandError(f"{encoder.version}: {error}; give more with --scale.") from error
            projection.keep(encoder.version)
            self.stdout.write(
                f"{encoder.version}: {projection.axes.shape[0]} numbers become {projection.axes.shape[1]}"
            )
