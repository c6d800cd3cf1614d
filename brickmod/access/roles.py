"""Which role may do what: read this file, and you know it. Roles are Django groups of the same name."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from brickmod.access.models import Role

# codename -> (model that it hangs on, what it allows). They are named here, not in each model's Meta, so that
# roles and rights stand side by side; rooms that are not installed are passed over.
PERMISSIONS: dict[str, tuple[str, str]] = {
    "desk.decide": ("decision", "Decide on submissions"),
    "desk.see_queue": ("decision", "See what waits for a person"),
    "authors.see": ("author", "See an author's line, strikes and measures"),
    "authors.act": ("author", "Decide what follows for an author: propose, agree, refuse, lift"),
    "desk.lead": ("decision", "Decide what was passed up, and correct decisions"),
    "shifts.see": ("hour", "See whether the desk keeps up, and how many people it needs"),
    "appeals.decide": ("appeal", "Decide appeals against other people's decisions"),
    "appeals.see_rates": ("appeal", "See how often decisions are overturned on appeal"),
    "policies.write": ("draft", "Write drafts of policies and training cases"),
    "policies.publish": ("draft", "Say from when on a draft holds"),
    "agreement.lead": ("secondlook", "See how far people agree, settle where not, keep known cases"),
    "labelling.label": ("labeltask", "Answer what heads have to learn"),
    "prefilter.see_flow": ("finding", "See the prefilter's flow with its counts and times"),
    "featurestore.see_models": ("feature", "See heads, and how they compare"),
    "featurestore.export": ("feature", "Take labelled features out as a file"),
    "heads.train": ("headversion", "Train heads, and say when they are trained by themselves"),
    "heads.promote": ("headversion", "Say which head serves: promote, hold, roll back, retire"),
    "characters.approve": ("draft", "Approve what characters say to children"),
    "characters.settle": ("secondlook", "Settle what two engagers see differently"),
    "outbox.replay": ("delivery", "Send a delivery again"),
    "intake.erase": ("submission", "Erase a submission, for a child who asks"),
    "restricted.keep": ("case", "Keep cases of suspected illegal content: open them by two, report them"),
}

_DESK = ["desk.decide", "desk.see_queue"]
_AUTHORS = ["authors.see", "authors.act"]
_LEAD = ["desk.lead", "shifts.see", "agreement.lead"]
_APPEALS = ["appeals.decide", "appeals.see_rates"]
_POLICIES = ["policies.write", "policies.publish"]
_LABELS = ["labelling.label"]
_COMMENTS = ["characters.approve"]
_SETTLE = ["characters.settle"]
_FLOW = ["prefilter.see_flow"]
_MODELS = ["featurestore.see_models", "heads.train", "heads.promote"]
_EXPORT = ["featurestore.export"]
_CASES = ["restricted.keep"]

ROLES: dict[str, list[str]] = {
    Role.MODERATOR: _DESK + _AUTHORS[:1] + _APPEALS[:1] + _LABELS + _COMMENTS,
    Role.LEAD: _DESK + _LEAD + _AUTHORS + _APPEALS + _POLICIES + _LABELS + _COMMENTS + _SETTLE + _FLOW + _MODELS,
    Role.ML_ENGINEER: _APPEALS[1:] + _LABELS + _FLOW + _MODELS + _EXPORT,
    # Who looks after the installation does not see what is locked away: that is a role by itself, given by name.
    Role.ADMIN: [name for name in PERMISSIONS if name not in _CASES],
    Role.CUSTODIAN: _CASES,
}

# The rooms whose every model an admin may see and change in the admin, as far as it shows them.
ADMIN_ROOMS = [
    "access",
    "house",
    "auth",
    "outbox",
    "feedback",
    "authors",
    "queues",
    "care",
    "appeals",
    "grid",
    "labelling",
    "characters",
    "themes",
    "django_celery_beat",
    "axes",
]
# What an admin may look at there, and nobody may change there.
ADMIN_VIEWS = [
    *("intake", "desk", "agreement", "alerts", "prefilter", "featurestore", "heads", "compare"),
    *("creations", "daily", "novelty", "cleaning", "trends"),
]


def ensure_roles(using: str = "default") -> None:
    """Makes the roles' groups and gives each exactly the permissions above. Safe to run again at any time."""
    ours = {name: _permission(name, using) for name in PERMISSIONS}
    for role, names in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=str(role))
        wanted = {permission.pk for name in names if (permission := ours[name]) is not None}
        if role == Role.ADMIN:
            wanted |= _admin_permissions(using)
        if wanted != set(group.permissions.using(using).values_list("pk", flat=True)):
            group.permissions.set(Permission.objects.using(using).filter(pk__in=wanted))


def after_migrate(app_config: Any, using: str, **kwargs: Any) -> None:
    """post_migrate: once, for the last app, when every app's own permissions have been made."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if app_config.label == last.label:
        ensure_roles(using)


def _permission(name: str, using: str) -> Permission | None:
    room, codename = name.split(".")
    model, says = PERMISSIONS[name]
    kind = ContentType.objects.db_manager(using).filter(app_label=room, model=model).first()
    if kind is None:
        return None
    permission, _ = Permission.objects.using(using).update_or_create(
        content_type=kind, codename=codename, defaults={"name": says}
    )
    return permission


def _admin_permissions(using: str) -> set[int]:
    everything = Permission.objects.using(using)
    full = everything.filter(content_type__app_label__in=ADMIN_ROOMS).values_list("pk", flat=True)
    views = everything.filter(content_type__app_label__in=ADMIN_VIEWS, codename__startswith="view_")
    return {*full, *views.values_list("pk", flat=True)}
