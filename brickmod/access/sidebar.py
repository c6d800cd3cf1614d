"""The admin's sidebar: what is looked after together stands together. Pages that do not exist are left out."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

# title -> [(label, icon, app_model)]
GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "People": [
        ("People", "group", "access_user"),
        ("Roles", "badge", "auth_group"),
        ("Audit trail", "history", "access_auditevent"),
        ("Failed logins", "lock", "axes_accessattempt"),
        ("Logins", "login", "axes_accesslog"),
    ],
    "Apps": [
        ("Apps", "apps", "access_app"),
        ("API keys", "key", "access_apikey"),
        ("Endpoints", "webhook", "outbox_endpoint"),
        ("Events", "bolt", "outbox_event"),
        ("Deliveries", "outgoing_mail", "outbox_delivery"),
    ],
    "Moderation": [
        ("Submissions", "inbox", "intake_submission"),
        ("Decisions", "gavel", "desk_decision"),
        ("Reasons", "rule", "feedback_reason"),
        ("Feedback texts", "chat", "feedback_feedbacktext"),
        ("Policies", "policy", "feedback_policy"),
    ],
    "Works": [
        ("Periodic tasks", "schedule", "django_celery_beat_periodictask"),
        ("Intervals", "timer", "django_celery_beat_intervalschedule"),
        ("Crontabs", "calendar_month", "django_celery_beat_crontabschedule"),
    ],
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """What unfold shows at the left, for who looks."""
    groups = []
    for title, entries in GROUPS.items():
        items = [
            {"title": label, "icon": icon, "link": link}
            for label, icon, model in entries
            if (link := _link(model)) and _may_view(request, model)
        ]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _link(model: str) -> str:
    try:
        return reverse(f"admin:{model}_changelist")
    except NoReverseMatch:
        return ""


def _may_view(request: HttpRequest, model: str) -> bool:
    room, _, name = model.rpartition("_")
    return bool(request.user.has_perm(f"{room}.view_{name}"))
