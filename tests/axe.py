"""axe-core on a page that is open: what it says is wrong for people who do not see, or use no mouse."""

from pathlib import Path
from typing import Any

import axe_playwright_python

SCRIPT = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any) -> list[str]:
    """One line for each element that breaks a rule."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    # Colours that still fade from one state to the next are neither.
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    found = page.evaluate(
        "(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    return [
        f"{page.url} {one['id']} ({one['help']}): {', '.join(map(str, node['target']))} {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
