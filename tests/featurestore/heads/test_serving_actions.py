"""Who serves, and what each change leaves in the history, the trail and MLflow."""

import pytest

from brickmod.access.models import AuditEvent, Verb
from featurestore.heads import alerts, mirroring
from featurestore.heads.actions import (
    Refused,
    deploy,
    hold,
    promote,
    retire,
    roll_back,
    set_canary,
    set_threshold,
)
from featurestore.heads.mlflow_api import Mlflow
from featurestore.heads.models import (
    AlertKind,
    Alias,
    HeadAlert,
    HeadVersion,
    PromotionEvent,
    Serving,
    Standing,
)
from featurestore.heads.serving import serving
from tests.featurestore.heads.test_registry import aliases

pytestmark = pytest.mark.django_db


def who(task: str) -> dict[str, str]:
    return dict(Serving.objects.filter(task=task).values_list("alias", "head__version"))


def standing(head: HeadVersion) -> tuple[str, str]:
    head.refresh_from_db()
    return head.standing, head.why


def test_promoting_swaps_the_two_and_is_told_everywhere(mlflow, heads, task, lead):
    set_threshold(heads[1], 0.7, lead, "Fewer false alarms.")
    set_canary(heads[1], 0.1, lead, "A tenth at first.")
    event = promote(heads[1], lead, "  Finds more faces. ", evidence={"e": 42})

    assert who(task) == {"champion": "2", "challenger": "1", "challenger-2": "3"}
    champion, *_ = serving(task)[task]
    assert (champion.version, champion.threshold, champion.canary) == ("2", 0.7, 0.0)
    assert (event.kind, event.old, event.new, event.by) == ("promote", heads[0], heads[1], lead)
    assert (event.reason, event.evidence) == ("Finds more faces.", {"e": 42})
    assert event.served == {"champion": ["2", 0.7, 0], "challenger": ["1", None, 0], "challenger-2": ["3", None, 0]}
    told = AuditEvent.objects.filter(verb=Verb.PROMOTE).first()
    assert (told.user, told.kind, told.object_id) == (lead, "headversion", str(heads[1].pk))
    assert told.old["serving"]["champion"][0] == "1"
    assert (told.new["serving"]["champion"][0], told.new["reason"]) == ("2", "Finds more faces.")
    there = dict(HeadVersion.objects.values_list("version", "mlflow_version"))
    assert aliases(task) == {alias: there[version] for alias, version in who(task).items()}


def test_workers_serve_it_with_the_next_read(mlflow, heads, task, lead):
    assert [one.version for one in serving(task)[task]] == ["1", "2", "3"]
    promote(heads[2], lead, "Better.")
    assert [one.version for one in serving(task)[task]] == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda h, by: promote(h[3], by, "x"), "does not serve now; deploy it first"),
        (lambda h, by: promote(h[0], by, "x"), "is champion already"),
        (lambda h, by: promote(h[1], by, " "), "A reason is needed"),
        (lambda h, by: promote(h[1], None, "x"), "Only a person promotes"),
        (lambda h, by: promote(h[1], by, "x", over=h[2]), "made version 1 champion of .* meanwhile"),
        (lambda h, by: deploy(h[1], by, "x"), "serves already, as challenger"),
        (lambda h, by: hold(h[0], by, "x"), "promote another or roll back first"),
        (lambda h, by: retire(h[0], by, "x"), "promote another or roll back first"),
        (lambda h, by: roll_back(h[0].task, by, "x"), "no other champion before version 1"),
        (lambda h, by: set_threshold(h[3], 0.2, by, "x"), "does not serve now"),
        (lambda h, by: set_threshold(h[1], 1.2, by, "x"), "Threshold: Ensure this value is less than"),
        (lambda h, by: set_canary(h[0], 0.2, by, "x"), "a canary is a challenger"),
        (lambda h, by: set_canary(h[1], 0.6, by, "x"), "Canary: Ensure this value is less than"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(mlflow, heads, task, lead, change, says):
    before = who(task), list(Serving.objects.values_list("threshold", "canary"))
    with pytest.raises(Refused, match=says):
        change(heads, lead)
    assert (who(task), list(Serving.objects.values_list("threshold", "canary"))) == before
    assert not PromotionEvent.objects.exists()
    assert not AuditEvent.objects.filter(verb=Verb.PROMOTE).exists()
    assert set(HeadVersion.objects.values_list("standing", flat=True)) == {"ready"}


def test_without_mlflow_nobody_takes_charge(no_mlflow, heads, task, lead):
    for change in (lambda: promote(heads[1], lead, "Better."), lambda: deploy(heads[3], lead, "Try it.")):
        with pytest.raises(Refused) as said:
            change()
        assert str(said.value) == (
            "MLflow at 127.0.0.1:1 does not answer. Nothing was changed; try again when MLflow is back."
        )
    assert who(task) == {"champion": "1", "challenger": "2", "challenger-2": "3"}
    assert not PromotionEvent.objects.exists()


def test_when_mlflow_fails_at_the_last_step_all_goes_back(mlflow, heads, task, lead, monkeypatch):
    mirroring.follow(Mlflow(), [task])
    from featurestore.heads import changing

    monkeypatch.setattr(changing, "WHILE_LOCKED", 0.0)  # it has no time left to answer
    with pytest.raises(Refused, match=r"takes too long to answer\. Nothing was changed"):
        promote(heads[1], lead, "Better.")
    assert who(task) == {"champion": "1", "challenger": "2", "challenger-2": "3"}
    assert not PromotionEvent.objects.exists()
    assert not AuditEvent.objects.filter(verb=Verb.PROMOTE).exists()


def test_a_bad_champion_goes_at_once_even_without_mlflow(mlflow, heads, task, lead, settings):
    promote(heads[1], lead, "Better.")
    before = aliases(task)
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:1"
    event = roll_back(task, lead, "It rejects minifigures.")
    assert who(task) == {"champion": "1", "challenger-2": "3"}
    assert (event.kind, event.old, event.new) == ("roll_back", heads[1], heads[0])
    assert standing(heads[1]) == ("held", "Rolled back: It rejects minifigures.")
    settings.MLFLOW_TRACKING_URI = mlflow
    assert aliases(task) == before
    mirroring.follow(Mlflow(), [task])
    there = dict(HeadVersion.objects.values_list("version", "mlflow_version"))
    assert aliases(task) == {"champion": there["1"], "challenger-2": there["3"]}


def test_rolling_back_twice_goes_two_back_with_their_thresholds(mlflow, heads, task, lead):
    set_threshold(heads[0], 0.3, lead, "Strict.")
    promote(heads[1], lead, "Better.")
    set_threshold(heads[1], 0.4, lead, "Stricter.")
    promote(heads[2], lead, "Better still.")
    retire(heads[0], lead, "Make room.")
    deploy(heads[3], lead, "Try it.")
    HeadVersion.objects.filter(id=heads[0].id).update(standing=Standing.READY)
    roll_back(task, lead, "No.")
    assert serving(task)[task][0].version == "2"
    assert serving(task)[task][0].threshold == 0.4
    roll_back(task, lead, "Not that one either.")
    assert serving(task)[task][0].version == "1"
    assert serving(task)[task][0].threshold == 0.3
    with pytest.raises(Refused, match="no other champion before"):
        roll_back(task, lead, "And further.")
    promote(heads[3], lead, "Then this.")
    roll_back(task, lead, "No.")
    assert serving(task)[task][0].version == "1"


def test_the_history_passes_over_who_may_not_serve(mlflow, heads, task, lead):
    promote(heads[1], lead, "Better.")
    promote(heads[2], lead, "Better still.")
    hold(heads[1], lead, "Something is wrong with it.")
    roll_back(task, lead, "No.")
    assert who(task)["champion"] == "1"


def test_a_new_challenger_comes_first_and_the_oldest_falls_out(mlflow, heads, make_head, task, lead):
    assert deploy(heads[3], lead, "Try it.") == "challenger"
    assert who(task) == {"champion": "1", "challenger": "4", "challenger-2": "2", "challenger-3": "3"}
    fifth = make_head("5")
    assert deploy(fifth, lead, "And this.") == "challenger"
    # 2 has been there longest: heads 2 and 3 were put there by the fixture, 2 first.
    assert who(task) == {"champion": "1", "challenger": "5", "challenger-2": "4", "challenger-3": "3"}
    assert standing(heads[1]) == ("retired", "Its place was needed for version 5.")


def test_who_was_champion_stays_ready_when_it_falls_out(mlflow, heads, make_head, task, lead):
    promote(heads[1], lead, "Better.")
    Serving.objects.filter(head=heads[0]).update(since="2026-01-01T00:00Z")
    deploy(heads[3], lead, "Try it.")
    deploy(make_head("5"), lead, "And this.")
    assert "1" not in who(task).values()
    assert standing(heads[0])[0] == "ready"
    roll_back(task, lead, "No.")
    assert who(task)["champion"] == "1"


def test_by_setting_nobody_falls_out(mlflow, heads, make_head, task, lead, settings):
    settings.REPLACE_OLDEST_CHALLENGER = False
    deploy(heads[3], lead, "Try it.")
    with pytest.raises(Refused, match="All 3 places"):
        deploy(make_head("5"), lead, "And this.")


def test_held_comes_back_and_retired_does_not(mlflow, heads, task, lead):
    alerts.raise_alert(task, AlertKind.CHALLENGER_FAILS, "It crashed.", "2")
    hold(heads[1], lead, "It crashes.")
    assert who(task) == {"champion": "1", "challenger-2": "3"}
    assert standing(heads[1]) == ("held", "It crashes.")
    assert not HeadAlert.objects.filter(ended_at=None).exists()
    assert deploy(heads[1], lead, "Mended.") == "challenger"
    assert standing(heads[1]) == ("ready", "")
    retire(heads[1], lead, "Enough.")
    for again in (lambda: deploy(heads[1], lead, "x"), lambda: hold(heads[1], lead, "x")):
        with pytest.raises(Refused, match=r"retired|taken out of use"):
            again()


def test_canaries_have_half_at_most_together(mlflow, heads, task, lead):
    set_canary(heads[1], 0.3, lead, "Some.")
    with pytest.raises(Refused, match="may have 50% of submissions, not 60%"):
        set_canary(heads[2], 0.3, lead, "Some more.")
    set_canary(heads[2], 0.2, lead, "Less.")
    assert {one.version: one.canary for one in serving(task)[task]} == {"1": 0, "2": 0.3, "3": 0.2}


def test_a_broken_file_is_not_deployed(mlflow, heads, task, lead):
    HeadVersion.objects.filter(id=heads[3].id).update(onnx=b"nothing")
    heads[3].refresh_from_db()
    with pytest.raises(Refused, match=r"The file of version 4 .* is broken: .*checksum"):
        deploy(heads[3], lead, "Try it.")


def test_a_broken_file_that_serves_raises_an_alert_once(heads, task):
    HeadVersion.objects.filter(id=heads[1].id).update(onnx=b"nothing")
    assert [one.version for one in serving(task)[task]] == ["1", "3"]
    serving(task)
    alert = HeadAlert.objects.get(task=task)
    assert (alert.kind, alert.version, alert.times) == ("broken_head", "2", 1)
    assert "checksum" in alert.says
    assert Alias.CHALLENGER in alert.says
