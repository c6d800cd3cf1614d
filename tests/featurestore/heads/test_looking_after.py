"""Alerts that are settled, policies that are set, and the admin, where the trail hears of both."""

import pytest

from brickmod.access.models import AuditEvent, Verb
from brickmod.web.metrics import exposition
from featurestore.heads import alerts
from featurestore.heads.actions import Refused, set_policy, settle_alert
from featurestore.heads.forms import PolicyForm
from featurestore.heads.models import AlertKind, HeadAlert, RetrainingPolicy

pytestmark = pytest.mark.django_db
FIELDS = {"on": "on", "new_labels": "100", "rare_labels": "10", "days": "2", "on_drift": "on", "label_view": "people@1"}


def test_an_alert_is_told_once_until_it_is_settled(task, lead):
    first = alerts.raise_alert(task, AlertKind.CHALLENGER_FAILS, "It crashed.", "2")
    alerts.raise_alert(task, AlertKind.CHALLENGER_FAILS, "It crashed again.", "2")
    alerts.raise_alert(task, AlertKind.CHALLENGER_FAILS, "This one too.", "3")
    first.refresh_from_db()
    assert (first.times, first.says) == (2, "It crashed again.")
    assert b"brickmod_head_alerts 2.0" in exposition()
    settle_alert(first, lead)
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at is not None) == (lead, True)
    assert AuditEvent.objects.get(kind="headalert").new["settled"] is True
    with pytest.raises(Refused, match="settled already"):
        settle_alert(first, lead)
    assert alerts.raise_alert(task, AlertKind.CHALLENGER_FAILS, "And again.", "2") != first
    assert alerts.settle(task, AlertKind.CHALLENGER_FAILS) == 2
    assert b"brickmod_head_alerts 0.0" in exposition()
    assert HeadAlert.objects.filter(ended_by=None).count() == 2


def test_a_policy_is_set_and_the_trail_has_both(task, lead):
    form = PolicyForm({"task": task, **FIELDS, "quiet_from": "22:00", "quiet_to": "06:00"})
    assert form.is_valid(), form.errors
    policy = set_policy(by=lead, **form.cleaned_data)
    form = PolicyForm({"task": task, **FIELDS, "new_labels": "50", "on": ""}, instance=policy)
    assert form.is_valid(), form.errors
    set_policy(by=lead, **form.cleaned_data)
    assert set_policy(task, lead, days=3).changed_at > policy.changed_at
    added, changed, _ = AuditEvent.objects.filter(kind="retrainingpolicy").order_by("id")
    assert (added.verb, added.user, added.old) == (Verb.ADMIN_ADD, lead, None)
    assert (added.new["new_labels"], added.new["quiet_from"], added.new["on"]) == (100, "22:00:00", True)
    assert (changed.old["new_labels"], changed.new["new_labels"]) == (100, 50)
    assert (changed.new["on"], changed.new["quiet_from"]) == (False, None)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"quiet_from": "22:00"}, "need both times"),
        ({"rare_labels": "101"}, "more of the rarer answer"),
        ({"label_view": "odd"}, "odd is not one of the available choices"),
        ({"new_labels": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_a_policy_cannot_be(task, wrong, says):
    form = PolicyForm({"task": task, **FIELDS, **wrong})
    assert says in str(form.errors)


def test_policies_are_edited_in_the_admin_and_the_rest_is_looked_at(heads, task, admin_user, logged_in):
    client = logged_in(admin_user)
    page = client.post("/admin/heads/retrainingpolicy/add/", {"task": task, **FIELDS})
    assert page.status_code == 302, page.context["adminform"].errors
    policy = RetrainingPolicy.objects.get()
    assert (policy.label_view, policy.days) == ("people@1", 2)
    assert AuditEvent.objects.get(verb=Verb.ADMIN_ADD).new["days"] == 2
    for head in heads:
        assert client.get(f"/admin/heads/headversion/{head.pk}/change/").status_code == 200
        assert client.post(f"/admin/heads/headversion/{head.pk}/change/", {"why": "x"}).status_code == 403
    assert client.get("/admin/heads/serving/add/").status_code == 403
