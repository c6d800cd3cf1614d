"""A learning curve as a picture for a page of the docs. Pure: rows in, SVG out."""

from collections.abc import Mapping, Sequence

WIDE, HIGH, LEFT, TOP, RIGHT, BOTTOM = 720, 380, 60, 48, 30, 56
_STYLE = (
    "text { font: 13px system-ui, sans-serif; fill: #7d8590; } .head { font-weight: 650; font-size: 15px; }"
    " .grid { stroke: #8b949e; stroke-opacity: .25; } .goal { stroke: #8b949e; stroke-dasharray: 5 4; }"
    " .curve { stroke: #3b82c4; fill: none; stroke-width: 2.5; } .dot { fill: #3b82c4; }"
    " .spread { fill: #3b82c4; fill-opacity: .15; }"
)


def svg(rows: Sequence[Mapping[str, float]], title: str, goal: float | None = None) -> str:
    """`rows`: `figures`, `accuracy` and its `spread` between draws (one standard deviation), shares from 0 to 1."""
    most = max(row["figures"] for row in rows)

    def x(figures: float) -> float:
        return round(LEFT + (WIDE - LEFT - RIGHT) * (figures / most), 1)

    def y(share: float) -> float:
        return round(TOP + (HIGH - TOP - BOTTOM) * (1 - min(1.0, max(0.0, share))), 1)

    above = [f"{x(row['figures'])},{y(row['accuracy'] + row['spread'])}" for row in rows]
    below = [f"{x(row['figures'])},{y(row['accuracy'] - row['spread'])}" for row in reversed(rows)]
    parts = [f'<text class="head" x="{LEFT}" y="24">{title}</text>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y(share)}" y2="{y(share)}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(share) + 4}" text-anchor="end">{share:.2f}</text>')
    if goal is not None:
        parts.append(f'<line class="goal" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y(goal)}" y2="{y(goal)}"/>')
        parts.append(f'<text x="{WIDE - RIGHT}" y="{y(goal) - 6}" text-anchor="end">goal {goal:.2f}</text>')
    parts.append(f'<polygon class="spread" points="{" ".join(above + below)}"/>')
    points = [(x(row["figures"]), y(row["accuracy"])) for row in rows]
    parts.append(f'<polyline class="curve" points="{" ".join(f"{a},{b}" for a, b in points)}"/>')
    for row, (a, b) in zip(rows, points, strict=True):
        parts.append(f'<circle class="dot" cx="{a}" cy="{b}" r="4"/>')
        parts.append(f'<text x="{a}" y="{HIGH - BOTTOM + 20}" text-anchor="middle">{row["figures"]:g}</text>')
    parts.append(f'<text x="{(LEFT + WIDE - RIGHT) / 2}" y="{HIGH - 12}" text-anchor="middle">figures a theme</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-labelledby="t">\n'
        f'<title id="t">{title}</title>\n<style>{_STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )
