"""docs/access.md says what the code does: no role, right, verb or scope is missing, and no table is out of date."""

from pathlib import Path

import pytest
from django.conf import settings

from brickmod.access.models import Role, Scope, Verb
from brickmod.access.roles import PERMISSIONS, ROLES

DOCS = (Path(settings.BASE_DIR) / "docs/access.md").read_text()


@pytest.mark.parametrize(
    "word", [*Role.values, *Scope.values, *Verb.values, *PERMISSIONS, "METRICS_TOKEN", "MODELS_URL"]
)
def test_every_word_is_there(word):
    assert f"`{word}`" in DOCS


@pytest.mark.parametrize("role", ROLES)
def test_the_table_of_rights(role):
    header = next(line for line in DOCS.splitlines() if line.startswith("| | `desk.decide`"))
    columns = [cell.strip().strip("`") for cell in header.strip("|").split("|")][1:]
    row = next(line for line in DOCS.splitlines() if line.startswith(f"| `{role}` |"))
    cells = dict(zip(columns, [cell.strip() for cell in row.strip("|").split("|")][1:], strict=True))
    assert {right for right in PERMISSIONS if cells[right] == "yes"} == set(ROLES[role])
    assert (cells["admin pages"] == "yes") == (role == Role.ADMIN)
