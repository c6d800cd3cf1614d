"""docs/heads.md says what the code does: no alias, alert, gauge, setting or tag is missing."""

from pathlib import Path

import pytest
from django.conf import settings

from featurestore.heads import actions, gauges, registry
from featurestore.heads.models import AlertKind, Alias, RetrainingPolicy

DOCS = (Path(settings.BASE_DIR) / "docs/heads.md").read_text()
SETTINGS = [name for name in dir(settings) if name.startswith(("MLFLOW_", "PROMOTION_", "REPLACE_OLDEST"))]


@pytest.mark.parametrize("word", [*Alias.values, *AlertKind.values, *SETTINGS])
def test_every_word_is_there(word):
    assert f"`{word}`" in DOCS


@pytest.mark.parametrize("verb", ["deploy", "promote", "roll_back", "hold", "retire"])
def test_every_verb_is_there(verb):
    assert verb in actions.__all__
    assert f"`{verb.replace('_', ' ')}`" in DOCS


@pytest.mark.django_db
def test_every_gauge_and_tag_is_there(heads):
    for gauge in gauges.read():
        assert f"`{gauge.name}`" in DOCS
    for tag in set(registry._tags(heads[0])) - {"task", "made_on"}:
        assert f"`{tag}`" in DOCS, tag


def test_the_defaults_of_a_policy_are_those_in_the_table():
    policy = RetrainingPolicy()
    for says, value in (("new labels since", policy.new_labels), ("rarest answer", policy.rare_labels)):
        line = next(line for line in DOCS.splitlines() if says in line and line.startswith("|"))
        assert line.rstrip("| ").endswith(f"| {value}")
