"""The flow as a picture: laid out from the declaration, drawn as SVG by the template (and into the docs).

intake ─► step ─► step ─► … ─► verdict ─► queue / rejected
"""

from dataclasses import dataclass

from moderation.prefilter.flow import FLOW, Step
from moderation.prefilter.stats import DetectorStats, FlowStats

ROW, HEIGHT, WIDTH, LEFT = 84, 60, 420, 190


@dataclass(frozen=True)
class Node:
    """A box of the drawing, in SVG units. `lane` tells text from pictures by more than colour: it is written on it."""

    title: str
    says: str
    lane: str
    x: int
    y: int
    may_reject: bool = False
    stats: DetectorStats | None = None

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True)
class Drawing:
    nodes: list[Node]
    height: int
    width: int = LEFT + WIDTH + 210
    box_width: int = WIDTH
    box_height: int = HEIGHT
    left: int = LEFT


def draw(stats: FlowStats | None = None, flow: tuple[Step, ...] = FLOW) -> Drawing:
    """Boxes from top to bottom in the order of the flow."""
    lanes = {"image": "pictures", "text": "texts"}
    nodes = [
        Node(
            step.name,
            step.says,
            lanes[step.kind],
            LEFT,
            8 + n * ROW,
            step.may == "reject",
            stats.detectors.get(step.name) if stats else None,
        )
        for n, step in enumerate(flow)
    ]
    return Drawing(nodes, 8 + len(flow) * ROW)
