"""The store's page in a real browser: drawn in the page's colours, by our own script, within our own policy."""

import pytest
from playwright.sync_api import expect

from featurestore.overview import actions
from tests import features

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_charts_are_drawn_with_a_table_below_each(site, ml_engineer, at_desk, width, dark):
    features.fill()
    actions.measure(features.TODAY)
    page = at_desk("/features/", username="mel", width=width, dark=dark)
    charts = page.locator("figure.chart").filter(has=page.locator("[data-chart]"))
    assert charts.count() >= 5
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    drawn = page.evaluate(
        "[...document.querySelectorAll('[data-chart]')].every((one) => one.querySelector('.main-svg'))"
    )
    assert drawn
    assert page.locator("figure.chart:has([data-chart]) table").count() == charts.count()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    ink = page.evaluate("getComputedStyle(document.querySelector('.xtick text, .ytick text')).fill")
    assert ink == ("rgb(234, 233, 229)" if dark else "rgb(27, 29, 32)")
    # The scheme changes under the page: drawn again in the other one's colours.
    page.emulate_media(color_scheme="light" if dark else "dark")
    other = "rgb(27, 29, 32)" if dark else "rgb(234, 233, 229)"
    page.wait_for_function("ink => getComputedStyle(document.querySelector('.ytick text')).fill === ink", arg=other)
