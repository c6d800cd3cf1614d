"""The flow's page and picture come from its declaration, and so do the docs."""

import re

import pytest
from django.conf import settings

from moderation.detectors.registry import list_detectors
from moderation.intake.models import State
from moderation.prefilter.drawing import draw
from moderation.prefilter.flow import FLOW, detectors
from moderation.prefilter.management.commands.draw_flow import FILE, drawn
from moderation.prefilter.stats import flow_stats


def test_every_detector_of_the_flow_is_in_the_catalogue():
    assert set(detectors()) <= set(list_detectors())


def test_the_picture_has_a_box_for_each_step_in_order():
    nodes = draw().nodes
    assert [node.title for node in nodes] == [step.name for step in FLOW]
    assert [node.y for node in nodes] == sorted({node.y for node in nodes})


def test_the_picture_in_the_docs_is_of_this_flow():
    assert FILE.read_text() == drawn(), "run `manage.py draw_flow`"


def test_every_detector_has_its_section_in_the_docs():
    headings = set(re.findall(r"^## (\w+)$", (settings.BASE_DIR / "docs" / "detectors.md").read_text(), re.M))
    assert set(list_detectors()) <= headings


@pytest.mark.django_db
def test_the_page_shows_live_counts(logged_in, lead, send, looked):
    from moderation.prefilter import actions

    actions.conclude(looked(send(), image="reject"))
    stats = flow_stats(detectors())
    assert stats.states[State.REJECTED] == 1
    assert stats.detectors["quality"].verdicts == {"reject": 1}
    assert stats.detectors["quality"].p50 == 2.0
    page = logged_in(lead).get("/flow/")
    assert page.status_code == 200
    assert b"sure: rejected \xc2\xb7 1" in page.content


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(logged_in, lead, send, looked, django_assert_max_num_queries):
    from moderation.prefilter import actions

    client = logged_in(lead)
    for n in range(5):
        actions.conclude(looked(send(f"{n}")))
    with django_assert_max_num_queries(16):
        client.get("/flow/")
