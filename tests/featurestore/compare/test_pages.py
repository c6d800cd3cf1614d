"""The pages of heads as a person's browser gets them; nothing here needs a script."""

import csv
import io
import re

import pytest
from django.utils import timezone

from featurestore.compare import comparing, shown, unit_costs
from featurestore.compare.cards import as_html
from featurestore.compare.cost import Costs
from featurestore.compare.models import Pair
from featurestore.heads.models import AlertKind, HeadAlert, RetrainingPolicy, RunState, TrainingRun
from tests import compared

pytestmark = pytest.mark.django_db

PAGES = ["", "face/", "face/thresholds/", "face/training/", "face/history/", "face/versions/2/"]


@pytest.fixture(autouse=True)
def nothing_kept():
    comparing.kept.clear()


@pytest.fixture
def heads(tmp_path):
    return compared.fill(tmp_path)


@pytest.fixture
def page(lead, logged_in):
    """page("face/"): its text, for a lead."""
    client = logged_in(lead)

    def page(address: str, status: int = 200, **given) -> str:
        answer = client.get(f"/models/{address}", given)
        assert answer.status_code == status
        return answer.content.decode()

    return page


@pytest.mark.parametrize("address", PAGES)
def test_who_may_see(heads, address, moderator, lead, ml_engineer, logged_in):
    assert logged_in(moderator).get(f"/models/{address}").status_code == 403
    for person in (lead, ml_engineer):
        assert logged_in(person).get(f"/models/{address}").status_code == 200


def test_an_empty_house_says_what_will_stand_here(page):
    assert "No heads yet" in page("")
    page("face/", 404)


def test_the_list_says_who_serves_and_what_is_wrong(heads, page):
    RetrainingPolicy.objects.create(task="face", new_labels=70, rare_labels=7)
    TrainingRun.objects.create(task="face", state=RunState.FAILED, because="x", error="Too few labels of “yes”.")
    HeadAlert.objects.create(task="profanity", kind=AlertKind.TRAINING_FAILED, says="The store is empty.")
    HeadAlert.objects.create(task="face", kind=AlertKind.BROKEN_HEAD, says="gone", ended_at=timezone.now())
    text = page("")
    for word in ("Champion (production)", "40 days", "of 70 new labels", "Too few labels of", "The store is empty."):
        assert word in text
    assert "gone" not in text


def test_one_sentence_and_the_figures_under_it(heads, page):
    text = page("face/")
    found = shown.page_data("face", "2").comparison
    assert found.verdict.headline in text
    assert "Version 2 is better" in found.verdict.headline
    for words in ("Same uploads, side by side", "What it means for 1,000 uploads", "Where the labels came from",
                  "ROC", "Calibration", "only version 2 right", "Promote 2…"):  # fmt: skip
        assert words in text
    # Every drawing has its table.
    assert text.count("data-chart=") == text.count("The figures</summary>") == 7
    assert f"{found.table.only_b.labels}</b>only version 2 right" in text


def test_who_may_only_look_gets_no_buttons(heads, make_user, logged_in):
    from django.contrib.auth.models import Permission

    looker = make_user("", "lou")
    looker.user_permissions.add(Permission.objects.get(codename="see_models"))
    text = logged_in(looker).get("/models/face/").content.decode()
    assert "Promote" not in text
    assert "A lead or an ML engineer decides" in text


def test_pictures_are_for_who_may_see_the_queue(heads, lead, ml_engineer, logged_in):
    for person, sees in ((lead, True), (ml_engineer, False)):
        assert ("Where they disagree" in logged_in(person).get("/models/face/").content.decode()) == sees


def test_the_state_of_the_page_is_its_address(heads, page):
    costs = {"reviewer_minute": "6", "look_seconds": "60", "rejected_good": "0", "missed": "0"}
    plain, dear = page("face/"), page("face/", challenger="2", **costs)
    assert dear != plain
    minutes = shown.page_data("face", "2").comparison.estimates["minutes"].a.value * 5
    assert f"{minutes * 6:,.2f} €" in dear
    links = re.findall(r'href="(/models/face/tables/measures\.csv\?[^"]+)"', dear)
    assert "reviewer_minute=6" in links[0]


def test_costs_that_are_kept_hold_for_everybody(heads, page, lead, logged_in):
    given = {"reviewer_minute": 1.5, "look_seconds": 30, "rejected_good": 7, "missed": 9, "challenger": "2"}
    answer = logged_in(lead).post("/models/face/costs/", given)
    assert answer.headers["Location"] == "/models/face/?challenger=2"
    assert unit_costs.kept("face") == Costs(1.5, 30, 7, 9)
    assert "€ 1.5 a minute" in page("face/")
    assert logged_in(lead).post("/models/face/costs/", {**given, "missed": -1}).status_code == 302
    assert unit_costs.kept("face").missed == 9


def test_tables_are_files(heads, lead, logged_in):
    for key in ("evidence", "slices", "roc", "pr", "calibration", "shift", "flagged", "paired", "measures",
                "confusion", "strata"):  # fmt: skip
        answer = logged_in(lead).get(f"/models/face/tables/{key}.csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode())))
        assert len(rows) > 1, key
        assert {len(row) for row in rows} == {len(rows[0])}
        assert f"face-{key}.csv" in answer.headers["Content-Disposition"]
    assert logged_in(lead).get("/models/face/tables/secrets.csv").status_code == 404


def test_figures_follow_a_label_at_once(heads, page):
    before = shown.page_data("face", "2").comparison.labelled
    row = Pair.objects.filter(label=None).first()
    Pair.objects.filter(id=row.id).update(label=True)
    assert shown.page_data("face", "2").comparison.labelled == before + 1


def test_the_same_figures_are_not_computed_twice(heads, monkeypatch):
    shown.page_data("face", "2")
    monkeypatch.setattr(comparing, "_read", None)
    monkeypatch.setattr(comparing, "of_counts", None)
    shown.page_data("face", "2")


def test_a_challenger_that_saw_nothing_yet(heads, page, tmp_path):
    compared.head(tmp_path, "face", "3", heads[0])
    text = page("face/", challenger="3")
    assert "3 has not seen anything yet" in text
    page("face/", 404, challenger="99")


def test_nobody_beside_the_champion(heads, page):
    Pair.objects.all().delete()
    heads[1].serving.all().delete()
    assert "Version 1 serves alone" in page("face/")


def test_a_bound_that_can_be_kept_and_one_that_cannot(heads, page):
    text = page("face/thresholds/", version="2", one_in=10, loss="false_reject", sure=95)
    assert "That can be promised" in text
    assert "Apply 0." in text
    text = page("face/thresholds/", version="2", one_in=100000, loss="false_reject", sure=95)
    assert "That cannot be promised" in text
    assert "Apply 0." not in text


def test_a_training_shows_itself_while_it_runs(heads, page):
    run = TrainingRun.objects.create(
        task="face",
        state=RunState.RUNNING,
        because="New labels.",
        progress=0.42,
        step="fold 3 of 5",
        curve=[[0, 0.7, 0.71], [1, 0.6, None]],
    )
    fragment = page("face/training/run/")
    for word in ("42 %", "fold 3 of 5", 'hx-trigger="every 2s"', "0.71"):
        assert word in fragment
    TrainingRun.objects.filter(id=run.id).update(state=RunState.FAILED, error="There are 3 labels of “yes”.")
    fragment = page("face/training/run/")
    assert "every 2s" not in fragment
    assert "There are 3 labels of “yes”." in fragment


def test_a_policy_is_written_down(heads, lead, moderator, logged_in):
    given = {"on": "on", "new_labels": 200, "rare_labels": 20, "days": 2, "quiet_from": "22:00", "quiet_to": "06:00"}
    assert logged_in(moderator).post("/models/face/training/policy/", given).status_code == 403
    assert logged_in(lead).post("/models/face/training/policy/", given).status_code == 302
    policy = RetrainingPolicy.objects.get(task="face")
    assert (policy.on, policy.new_labels, policy.days, policy.quiet_from.hour) == (True, 200, 2, 22)
    answer = logged_in(lead).post("/models/face/training/policy/", {**given, "quiet_to": ""})
    assert answer.status_code == 400
    assert "Quiet hours" in answer.content.decode()


def test_a_version_tells_where_it_comes_from(heads, page):
    text = page("face/versions/2/")
    for word in ("0.902", "0.85 to 0.95", "strongest@1", "labels: yes", heads[1].sheet["sha256"]):
        assert word in text
    assert 'href="/models/face/versions/1/"' in text
    page("face/versions/77/", 404)


@pytest.mark.parametrize(
    "bad", ["<script>x</script>", "<img src=x onerror=y>", "[a](javascript:b)", "![a](https://example.com/p.png)"]
)
def test_a_card_brings_no_html_of_its_own(bad):
    html = as_html(f"# Head\n\n{bad}\n\n| a |\n| - |\n| 1 |")
    assert "<h3>Head</h3>" in html
    assert "<table>" in html
    assert not re.search(r"<(script|img)|href=.javascript", html)
