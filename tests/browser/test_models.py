"""The pages of heads in a real browser: drawn by our script within our policy, and the way from doubt to receipt."""

import pytest
from playwright.sync_api import expect

from featurestore.compare import comparing
from featurestore.heads.models import Alias, RunState, Serving, TrainingRun
from tests import compared

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heads(site, lead, tmp_path):
    comparing.kept.clear()
    return compared.fill(tmp_path)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_comparison_is_drawn_with_a_table_below_each(heads, at_desk, width, dark):
    page = at_desk("/models/face/", username="lea", width=width, dark=dark)
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("ersion 2")
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    drawn = page.evaluate(
        "[...document.querySelectorAll('[data-chart]')].map((one) => Boolean(one.querySelector('.main-svg')))"
    )
    assert drawn == [True] * 7
    charts = page.locator("figure.chart:has([data-chart])")
    assert charts.filter(has=page.locator("details table")).count() == 7
    assert page.evaluate("document.documentElement.scrollWidth") == width
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG of Evidence that").click()
    assert png.value.suggested_filename == "evidence-that-version-2-is-better.png"
    with open(png.value.path(), "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    charts.first.locator("summary").click()
    expect(charts.first.locator("tbody tr").first).to_be_visible()
    # The pictures are another room's: its fragment comes when one gets there.
    page.get_by_role("heading", name="Where they disagree").scroll_into_view_if_needed()
    expect(page.get_by_role("link", name="Show them")).to_have_count(0)
    # What costs are shown is what the address says.
    page.locator("summary", has_text="Unit costs").click()
    page.get_by_label("A reviewer's minute, €").fill("6")
    page.get_by_role("button", name="Show with these").click()
    page.wait_for_url("**/models/face/?*reviewer_minute=6*")
    expect(page.get_by_text("€ 6 a minute")).to_be_visible()


def test_without_scripts_there_are_tables(heads, at_desk):
    page = at_desk("/models/face/", username="lea", java_script_enabled=False)
    assert page.locator(".plot:visible").count() == 0
    page.locator("figure.chart summary").first.click()
    expect(page.locator("figure.chart table").first).to_be_visible()


def test_promoting_without_mlflow_is_refused_on_the_page(heads, at_desk, settings):
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:1"
    page = at_desk("/models/face/", username="lea")
    page.get_by_role("link", name="Promote 2…").click()
    page.get_by_label("Why?").fill("It catches more faces.")
    page.get_by_role("button", name="Promote 2").click()
    expect(page.get_by_role("alert")).to_contain_text("MLflow")
    expect(page.get_by_label("Why?")).to_have_value("It catches more faces.")
    assert Serving.objects.get(task="face", alias=Alias.CHAMPION).head == heads[0]


def test_a_training_is_followed_while_it_runs(heads, at_desk):
    run = TrainingRun.objects.create(
        task="face", state=RunState.RUNNING, because="New labels.", progress=0.2, step="fold 1", curve=[[0, 0.7, 0.7]]
    )
    page = at_desk("/models/face/training/", username="lea")
    expect(page.locator("#run")).to_contain_text("20 %")
    TrainingRun.objects.filter(id=run.id).update(progress=0.9, step="fold 5", curve=[[0, 0.7, 0.7], [1, 0.5, 0.6]])
    expect(page.locator("#run")).to_contain_text("90 %", timeout=8000)
    page.wait_for_function("document.querySelector('[data-chart]').data?.[0]?.x.length === 2")
    TrainingRun.objects.filter(id=run.id).update(state=RunState.FAILED, error="There are 3 labels of “yes”.")
    expect(page.locator("#run")).to_contain_text("There are 3 labels", timeout=8000)
    assert page.locator("[hx-trigger]").count() == 0
