"""What can be set without code: what it does, what it is now, what it is when nobody sets it, and where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from brickmod.access.models import App, User
from brickmod.access.sidebar import GROUPS
from brickmod.house.rules import audit_share, lease_seconds, rechecks_a_day, undo_seconds
from moderation.appeals.models import rule_for
from moderation.authors.models import Step, StrikeRule
from moderation.desk.models import Keys
from moderation.feedback.models import FeedbackText, Reason
from moderation.feedback.texts import current_policy
from moderation.policies.training import cases
from moderation.queues.models import WARN_MINUTES, DueTime, Queue
from moderation.search.models import SavedView


@dataclass(frozen=True)
class Entry:
    """`where`: the name of an address, or "app_model" of the admin's list. `now` is asked when the page is."""

    what: str
    says: str
    usual: str
    where: str
    now: Callable[[Any], str]

    @property
    def href(self) -> str:
        for name in (f"admin:{self.where}_changelist", self.where):
            try:
                return reverse(name)
            except NoReverseMatch:
                continue
        return ""


@dataclass(frozen=True)
class Line:
    """An entry as the page shows it. `href` "" where this person may not change it."""

    what: str
    says: str
    now: str
    usual: str
    href: str


def _some(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}" if n else "none"


def _due(user: Any) -> str:
    general = DueTime.objects.filter(app=None, market="").first()
    minutes = general.minutes if general else settings.REVIEW_MINUTES
    return f"{minutes} min, {_some(DueTime.objects.count(), 'row')}"


def _queues(user: Any) -> str:
    return ", ".join(Queue.objects.values_list("name", flat=True)) or "only the general one"


def _skills(user: Any) -> str:
    people = list(User.objects.filter(is_active=True).values_list("skills", "languages"))
    skilled, spoken = sum(bool(s) for s, _ in people), sum(bool(tags) for _, tags in people)
    return f"{_some(len(people), 'person', 'people')}; {skilled} with skills, {spoken} with languages"


def _keys(user: Any) -> str:
    return "your own" if Keys.objects.filter(person=user).exclude(own={}).exists() else "the house's"


def _appeals(user: Any) -> str:
    rule = rule_for("")
    return f"{rule.days} days, due after {rule.hours} h"


def _texts(user: Any) -> str:
    own = FeedbackText.objects.order_by().values("language").distinct().count()
    return f"{_some(FeedbackText.objects.count(), 'text')} in {_some(own, 'language')}"


def _endpoints(user: Any) -> str:
    without = App.objects.filter(active=True, endpoints=None).count()
    return f"{without} without one" if without else "every app has one"


ENTRIES: dict[str, tuple[Entry, ...]] = {
    "The desk": (
        Entry("Due times", "By when something should be decided, by app and market; when the desk warns; what weighs "
              "more.", f"15 min, a warning {WARN_MINUTES} min before", "queues_duetime", _due),
        Entry("Queues", "What waits where, by app, market, language and suspected reason; the skill that a queue asks "
              "for; where things can be passed on to.", "one for all, and one for leads", "queues_queue", _queues),
        Entry("Languages and skills", "What each person reads, and is given.", "everything", "access_user", _skills),
        Entry("Undo", "How long a decision can be taken back, and its answer is held back.", "10 s", "house_house",
              lambda user: f"{undo_seconds()} s"),
        Entry("Lease", "How long an upload stays with a page that does not answer any more.", "120 s", "house_house",
              lambda user: f"{lease_seconds()} s"),
        Entry("Keys", "Which key does what, for each person.", "the house's", "desk-own-keys", _keys),
        Entry("Shared searches", "What everybody finds under Search.", "none", "search",
              lambda user: _some(SavedView.objects.filter(shared=True).count(), "search", "searches")),
    ),
    "Policies, and what children read": (
        Entry("Policy", "Reasons, examples, severity, markets, from when on: as drafts that show what would change.",
              "what comes with BrickMod", "policies", lambda user: f"version {current_policy()}"),
        Entry("Reasons", "Their titles, keys and severity.", "what comes with BrickMod", "feedback_reason",
              lambda user: _some(Reason.objects.filter(retired=False).count(), "reason")),
        Entry("Feedback texts", "What a child is told, by reason and language.", "26 languages",
              "feedback_feedbacktext", _texts),
        Entry("Training cases", "Known cases for who is new.", "the policy's examples", "training",
              lambda user: _some(cases().count(), "case")),
    ),
    "Fairness": (
        Entry("Random sample", "Of all uploads people look at, whatever was found.", "2 %", "house_house",
              lambda user: f"{100 * audit_share():g} %"),
        Entry("Rejections seen again", "About so many a day.", "200", "house_house",
              lambda user: f"{rechecks_a_day()} a day"),
        Entry("Appeals", "How long after a decision, and how soon the answer.", "14 days, 24 h",
              "appeals_appealrule", _appeals),
        Entry("Strike rules", "What a rejection weighs, and how that fades.", "by reason", "authors_strikerule",
              lambda user: _some(StrikeRule.objects.count(), "rule")),
        Entry("Steps", "From how many points on what follows for an author.", "warn, slow down, review, ban",
              "authors_step", lambda user: _some(Step.objects.count(), "step")),
    ),
    "Apps": (
        Entry("Apps and keys", "Who may send uploads.", "none", "access_app",
              lambda user: _some(App.objects.filter(active=True).count(), "app")),
        Entry("Endpoints", "Where an app hears answers.", "none", "outbox_endpoint", _endpoints),
    ),
}  # fmt: skip


def listed(user: Any) -> dict[str, list[Line]]:
    """What this person can set, or see how it is set, by group; what rooms added to the admin comes at the end."""
    found = {group: [_line(user, entry) for entry in entries] for group, entries in ENTRIES.items()}
    more = list(_others(user))
    return found | ({"More in the admin": more} if more else {})


def _line(user: Any, entry: Entry) -> Line:
    href = entry.href
    if href.startswith("/admin/") and not (user.is_staff and _may(user, entry.where)):
        href = ""
    return Line(entry.what, entry.says, entry.now(user), entry.usual, href)


def _others(user: Any) -> Iterable[Line]:
    shown = {entry.where for entries in ENTRIES.values() for entry in entries}
    for label, _, model, says in GROUPS["Moderation"]:
        if model not in shown and user.is_staff and _may(user, model, "change"):
            href = Entry("", "", "", model, str).href
            if href:
                yield Line(label, says, "", "", href)


def _may(user: Any, model: str, verb: str = "view") -> bool:
    room, _, name = model.rpartition("_")
    return bool(user.has_perm(f"{room}.{verb}_{name}"))


# Set where the service is started; a page cannot change them while it runs.
STARTED_WITH: tuple[tuple[str, str, str], ...] = (
    ("REVIEW_MINUTES", "15", "The due time where no row says another"),
    ("LINK_HOURS", "24", "How long a vector can be traced to its upload: more like this, and the correction of labels"),
    ("MAX_PICTURE_BYTES", "10000000", "The largest picture that is taken"),
    ("MAX_VIDEO_BYTES", "100000000", "The largest video"),
    ("WAIT_SLOTS", "24", "Callers that may wait for a verdict at once"),
    ("SITE_URL", "http://localhost:8000", "The address of these pages"),
)


def started_with() -> list[tuple[str, str, str, str]]:
    """(name, value, default, what it is for)."""
    return [(name, str(getattr(settings, name)), usual, says) for name, usual, says in STARTED_WITH]
