"""docs/comparing.svg: streams promoted by day, how often intervals hold the truth. Readable on light and on dark."""

from collections.abc import Sequence
from html import escape
from typing import Protocol

import numpy as np

WIDTH, HEIGHT, LEFT, PANEL, TOP = 900, 560, 56, 340, 64
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #7d8590; } .head { font-weight: 650; font-size: 15px; }
  .grid { stroke: #8b949e; stroke-opacity: .25; } .limit { stroke: #8b949e; stroke-dasharray: 5 4; }
  .ours { stroke: #3b82c4; fill: none; stroke-width: 2.5; } .peer { stroke: #b5722a; fill: none; stroke-width: 2.5; }
  .peer, .peer-dot { stroke-dasharray: 2 3; } .ours-dot { fill: #3b82c4; }
  .peer-dot { fill: none; stroke: #b5722a; stroke-width: 2; stroke-dasharray: none; }
  .band { fill: #3b82c4; fill-opacity: .14; } .end { text-anchor: end; } .middle { text-anchor: middle; }
"""


class ByDay(Protocol):
    promoted: np.ndarray
    mcnemar: np.ndarray


def draw(equal: ByDay, better: ByDay, coverage: Sequence[tuple[str, float, float]]) -> str:
    """`coverage`: (measure in words, % with audit, % without)."""
    parts = [
        *_lines(LEFT, "Equal models: wrongly promoted", equal, 40, limit=5),
        *_lines(LEFT + PANEL + 110, "A better model: rightly promoted", better, 100),
        *_dots(coverage),
    ]
    title = "How often streams are promoted by day, and how often 95 % intervals hold the truth"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">\n'
        f'  <title id="t">{title}</title>\n<style>{STYLE}</style>\n  ' + "\n  ".join(parts) + "\n</svg>\n"
    )


def _lines(x: int, title: str, by_day: ByDay, most: int, limit: int | None = None) -> list[str]:
    """% of streams by day, each way a line with its name at its end."""
    width, height = PANEL, 150
    days = len(by_day.promoted)

    def at(day: float, percent: float) -> tuple[float, float]:
        return x + width * day / (days - 1), TOP + height * (1 - percent / most)

    made = [f'<text class="head" x="{x}" y="28">{title}</text>']
    made.append(f'<text x="{x}" y="46">% of streams, looked at every day</text>')
    for percent in range(0, most + 1, most // 4):
        y = at(0, percent)[1]
        made.append(f'<line class="grid" x1="{x}" x2="{x + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        made.append(f'<text class="end" x="{x - 8}" y="{y + 4:.1f}">{percent}</text>')
    for day in (0, 29, 59, 89):
        made.append(f'<text class="middle" x="{at(day, 0)[0]:.1f}" y="{TOP + height + 20}">day {day + 1}</text>')
    if limit is not None:
        y = at(0, limit)[1]
        made.append(f'<line class="limit" x1="{x}" x2="{x + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        made.append(f'<text class="end" x="{x - 8}" y="{y + 4:.1f}">{limit}</text>')
    for name, kind, values in (("e-value", "ours", by_day.promoted), ("McNemar", "peer", by_day.mcnemar)):
        points = " ".join("{:.1f},{:.1f}".format(*at(day, 100 * value)) for day, value in enumerate(values))
        made.append(f'<polyline class="{kind}" points="{points}"/>')
        end = at(days - 1, 100 * values[-1])
        if most < 100:
            made.append(f'<text x="{end[0] + 6:.1f}" y="{end[1] + 4:.1f}">{name}</text>')
        else:
            low = TOP + height - (50 if kind == "peer" else 24)
            made.append(f'<path class="{kind}" d="M{x + width - 130},{low} h36"/>')
            made.append(f'<text x="{x + width - 86}" y="{low + 4}">{name}</text>')
    return made


def _dots(coverage: Sequence[tuple[str, float, float]]) -> list[str]:
    top, x, width = 318, 320, 500

    def at(percent: float) -> float:
        return x + width * percent / 100

    bottom = top + 24 * len(coverage)
    made = [
        f'<text class="head" x="{LEFT}" y="{top - 40}">95 % intervals that hold the truth, 90 days</text>',
        f'<text x="{LEFT}" y="{top - 20}">filled: with random looks at rejections, weighted; hollow: without; '
        "the band is 93 to 97 %</text>",
        f'<rect class="band" x="{at(93)}" y="{top - 6}" width="{at(97) - at(93)}" height="{bottom - top + 4}"/>',
    ]
    for percent in (0, 25, 50, 75, 100):
        made.append(f'<line class="grid" x1="{at(percent)}" x2="{at(percent)}" y1="{top - 6}" y2="{bottom - 2}"/>')
        made.append(f'<text class="middle" x="{at(percent)}" y="{bottom + 18}">{percent} %</text>')
    for n, (name, ours, without) in enumerate(coverage):
        y = top + 8 + 24 * n
        made.append(f'<text class="end" x="{x - 14}" y="{y + 4}">{escape(name)}</text>')
        made.append(f'<circle class="peer-dot" cx="{at(without):.1f}" cy="{y}" r="5"/>')
        made.append(f'<circle class="ours-dot" cx="{at(ours):.1f}" cy="{y}" r="5"/>')
    return made
