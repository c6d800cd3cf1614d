"""Draws the flow for the docs, from its declaration. A test holds docs/flow.svg to it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from moderation.prefilter.drawing import draw

FILE = settings.BASE_DIR / "docs" / "flow.svg"
# A picture in a page of docs has no style sheet, and lies on white or on black: greys that can be read on both.
STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #7d8590; } .name { font-weight: 650; font-size: 15px; }
  .box { fill: none; stroke: #8b949e; } .box.may { stroke: #3b82c4; stroke-width: 1.5; }
  .way { fill: none; stroke: #8b949e; } .tip { fill: #8b949e; }
</style>"""


def drawn() -> str:
    svg = render_to_string("moderation/prefilter/_drawing.svg", {"drawing": draw()})
    lines = (line for line in svg.splitlines() if line.strip())
    return "\n".join(lines).replace("</title>", f"</title>\n{STYLE}", 1) + "\n"


class Command(BaseCommand):
    help = "Draw docs/flow.svg from the declaration of the flow."

    def handle(self, *args: Any, **options: Any) -> None:
        FILE.write_text(drawn())
        self.stdout.write(f"{FILE.name} drawn")
