"""The drawing of a learning curve."""

from xml.etree import ElementTree

from engagement.themes.curve import svg


def test_every_point_is_drawn_at_its_height_and_no_spread_leaves_the_page():
    rows = [{"figures": 1, "accuracy": 0.5, "spread": 0.2}, {"figures": 6, "accuracy": 0.9, "spread": 0.3}]
    root = ElementTree.fromstring(svg(rows, "Accuracy", goal=0.85))
    space = "{http://www.w3.org/2000/svg}"
    low, high = (float(dot.get("cy")) for dot in root.iter(f"{space}circle"))
    assert high < low
    top = min(float(line.get("y1")) for line in root.iter(f"{space}line"))
    band = next(root.iter(f"{space}polygon")).get("points")
    assert all(float(point.split(",")[1]) >= top for point in band.split())
    assert "goal 0.85" in {text.text for text in root.iter(f"{space}text")}
