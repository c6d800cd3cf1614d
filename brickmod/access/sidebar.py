"""The admin's sidebar: what is looked after together stands together. Pages that do not exist are left out."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

# title -> [(label, icon, app_model, what it is for)]
GROUPS: dict[str, list[tuple[str, str, str, str]]] = {
    "People": [
        ("People", "group", "access_user", "Who works here, and in which role"),
        ("Roles", "badge", "auth_group", "What each role may do"),
        ("Audit trail", "history", "access_auditevent", "Who did what, and when"),
        ("Failed logins", "lock", "axes_accessattempt", "Who is locked out; unlock them here"),
        ("Logins", "login", "axes_accesslog", "Who came in, from where"),
    ],
    "Apps": [
        ("Apps", "apps", "access_app", "Apps that send uploads; issue their keys here"),
        ("API keys", "key", "access_apikey", "Rotate and revoke keys"),
        ("Endpoints", "webhook", "outbox_endpoint", "Where apps want to hear answers"),
        ("Events", "bolt", "outbox_event", "What apps are told"),
        ("Deliveries", "outgoing_mail", "outbox_delivery", "What arrived, what waits, what was given up"),
    ],
    "Moderation": [
        ("Submissions", "inbox", "intake_submission", "What children sent in, to look at"),
        ("House rules", "tune", "house_house", "Undo, lease, samples: figures that hold for everybody"),
        ("Queues", "view_week", "queues_queue", "What waits where, and who is given it"),
        ("Due times", "timer", "queues_duetime", "By when something should be decided, by app and market"),
        ("Exposure limits", "spa", "care_limit", "How many hard ones one person is given in an hour and a shift"),
        ("Decisions", "gavel", "desk_decision", "What people decided"),
        ("Erasure receipts", "delete_forever", "intake_erasurereceipt", "That something was erased, and how much"),
        ("Reasons", "rule", "feedback_reason", "Why something is rejected"),
        ("Feedback texts", "chat", "feedback_feedbacktext", "What a child is told, by language"),
        ("Label tasks", "label", "labelling_labeltask", "What people are asked on the label page"),
        ("Appeal rules", "gavel", "appeals_appealrule", "How long an appeal can be made, and when it is due"),
        ("Appeals", "balance", "appeals_appeal", "What was appealed, and what became of it"),
        ("Strike rules", "sports", "authors_strikerule", "What a rejection weighs, and how that fades"),
        ("Steps", "stairs", "authors_step", "From how many points on what follows for an author"),
        ("Measures", "front_hand", "authors_measure", "What followed for whom"),
        ("Policies", "policy", "feedback_policy", "Versions of reasons and texts"),
    ],
    "Engagement": [
        ("Creations", "castle", "creations_creation", "What was published"),
        (
            "Characters",
            "sentiment_satisfied",
            "characters_character",
            "Who likes and comments, and when",
        ),
        ("Comments", "forum", "characters_draft", "Drafts, and what was approved by whom"),
        ("Daily runs", "wb_twilight", "daily_dailyrun", "How the mornings went"),
        ("Likes", "favorite", "characters_like", "What characters liked, and will like"),
        ("Opt-outs", "do_not_disturb_on", "characters_optout", "Authors who want no characters"),
        ("Themes", "category", "themes_theme", "What a creation can be about, and which words say so"),
        ("Versions of the themes", "timeline", "themes_taxonomyversion", "What became of which theme, and when"),
        ("Label functions", "function", "themes_labelfunction", "Rules that label texts for the themes"),
    ],
    "Heads": [
        ("Retraining", "model_training", "heads_retrainingpolicy", "When a task is trained by itself"),
        ("Versions", "deployed_code", "heads_headversion", "Heads that were trained or came with a detector"),
        ("Who serves", "toggle_on", "heads_serving", "Which version has which alias now"),
        ("Promotions", "history", "heads_promotionevent", "Who changed it, and why"),
        ("Requests", "how_to_vote", "heads_promotionrequest", "Promotions that a second person agreed to, or not"),
        ("Trainings", "science", "heads_trainingrun", "How each training went"),
        ("Alerts", "notification_important", "heads_headalert", "What somebody should look at"),
    ],
    "Works": [
        ("Periodic tasks", "schedule", "django_celery_beat_periodictask", "What runs by the clock"),
        ("Intervals", "timer", "django_celery_beat_intervalschedule", "Every so many seconds"),
        ("Crontabs", "calendar_month", "django_celery_beat_crontabschedule", "At certain times"),
    ],
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """What unfold shows at the left, and templates/admin/index.html on the first page, for who looks."""
    groups = []
    for title, entries in GROUPS.items():
        items = [
            {"title": label, "icon": icon, "link": link, "description": says}
            for label, icon, model, says in entries
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
