"""docs/feedback.md says what the code does."""

import re

from django.conf import settings

from moderation.feedback import shipped

PAGE = (settings.BASE_DIR / "docs" / "feedback.md").read_text()


def test_every_reason_stands_in_the_table_with_its_key_and_what_it_teaches():
    rows = re.findall(r"^\| (\d?) ?\| `(\w+)` \| .+ \| (?:`(\w+)` )?\|$", PAGE, re.MULTILINE)
    assert rows == [(why.key, why.code, why.task) for why in shipped.reasons()]


def test_every_language_and_occasion_is_named():
    listed = re.search(r"Languages shipped: ([^.]+)\.", PAGE)
    assert listed is not None
    assert sorted(re.split(r",\s+", listed[1])) == list(shipped.languages())
    for occasion in shipped.OCCASIONS:
        assert f"`{occasion}`" in PAGE


def test_the_example_says_what_it_returns():
    assert shipped.texts()["face", "da"].title in PAGE
