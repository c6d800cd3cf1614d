"""The notebook in docs/ runs from top to bottom, and is as short as it claims."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings

from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel

NOTEBOOK = Path(settings.BASE_DIR) / "docs" / "notebooks" / "features.ipynb"
DAY = date(2026, 3, 1)


def test_it_loads_trains_and_plots_in_under_twenty_lines(db):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 16)).astype(np.float32)
    store = get_store()
    ids = store.put([NewFeature("e-1", "picture", row, "DK", DAY + timedelta(days=n % 30)) for n, row in enumerate(x)])
    said = ["yes" if row[0] > 0.5 else "no" for row in x]
    store.label([NewLabel(id, "face", value, "moderator", 1, DAY) for id, value in zip(ids, said, strict=True)])

    notebook = json.loads(NOTEBOOK.read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert sum(bool(line.strip()) for cell in cells for line in cell.splitlines()) < 20
    assert not any(cell.get("outputs") for cell in notebook["cells"])
    names: dict = {}
    for cell in cells[:-1]:
        exec(cell, names)
    *before, shown = cells[-1].strip().splitlines()
    exec("\n".join(before), names)
    figure = eval(shown, names)
    assert names["accuracy"] > 0.85
    assert len(names["train"]) > 5 * len(names["exam"]) > 0
    assert sum(len(trace.x) for trace in figure.data) == len(names["exam"])
    assert "unseen pictures" in figure.layout.title.text
