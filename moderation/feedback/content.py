"""All that a policy says, as one JSON value: it is kept with the policy, compared, and changed by drafts."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed

from moderation.feedback.shipped import Told
from moderation.feedback.texts import Texts, Weight

REASON = ("title", "explains", "severity", "alone", "retired")
MARKET = ("explains", "severity", "offered")

# {"reasons": {code: {field: value}}, "texts": {code or occasion: {language: [title, text]}},
#  "markets": {code: {market: {field: value}}}}
Content = dict[str, Any]


def read(using: str = "default", apps: Apps = installed) -> Content:
    """What is in the database now."""
    reason, text, market = (apps.get_model("feedback", name) for name in ("Reason", "FeedbackText", "MarketRule"))
    content: Content = {"reasons": {}, "texts": {}, "markets": {}}
    for row in reason.objects.using(using).order_by("position"):
        content["reasons"][row.code] = {name: getattr(row, name) for name in REASON}
    for row in text.objects.using(using).order_by("language"):
        content["texts"].setdefault(row.reason_id or row.occasion, {})[row.language] = [row.title, row.text]
    for row in market.objects.using(using).order_by("market"):
        content["markets"].setdefault(row.reason_id, {})[row.market] = {name: getattr(row, name) for name in MARKET}
    return content


def texts_of(content: Content, policy: int = 0) -> Texts:
    """What children would be told under this content."""
    return Texts(
        policy,
        {code: Weight(row["title"], row["severity"], row["alone"]) for code, row in content["reasons"].items()},
        {
            (subject, language.lower()): Told(*told)
            for subject, languages in content["texts"].items()
            for language, told in languages.items()
        },
        {
            (code, market): row["severity"]
            for code, markets in content["markets"].items()
            for market, row in markets.items()
            if row["severity"] is not None
        },
    )
