"""The demo's people and apps, and var/demo.json, which says how to be one of them."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from brickmod.access.actions import issue_key, set_roles
from brickmod.access.models import App, Role, Scope, User
from brickmod.access.roles import ensure_roles
from brickmod.outbox.models import Endpoint
from brickmod.outbox.signing import new_secret
from moderation.demo.plan import APPS, BOX, CLUB

PEOPLE = {
    Role.MODERATOR: ("Mia", "Holm"),
    Role.LEAD: ("Leo", "Brandt"),
    Role.ML_ENGINEER: ("Noor", "Visser"),
    Role.ADMIN: ("Ada", "Kowalska"),
}
# Two, because a case is opened by two people together.
CUSTODIANS = {"custodian": ("Kim", "Laurent"), "custodian-2": ("Kai", "Lindqvist")}
# Where `manage.py listen` listens. Nothing is sent before `demo --webhook` (or an admin) makes the endpoint active.
RECEIVER = "http://127.0.0.1:9000/"


def demo_file() -> Path:
    return settings.VAR / "demo.json"


def read() -> dict[str, Any]:
    """What var/demo.json says; {} when there is none."""
    file = demo_file()
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def is_there() -> bool:
    return App.objects.filter(slug=CLUB).exists()


def may_load() -> bool:
    """Is the database empty? Nothing is mixed with what somebody else made."""
    return not App.objects.exists() and not User.objects.exists()


@transaction.atomic
def gather() -> dict[str, Any]:
    """Make people, apps, keys and endpoints, and write var/demo.json. The passwords and keys exist nowhere else."""
    ensure_roles()
    users = []
    people = [(role.value, role, names) for role, names in PEOPLE.items()]
    people += [(username, Role.CUSTODIAN, names) for username, names in CUSTODIANS.items()]
    for username, role, (first, last) in people:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(username, password=password, first_name=first, last_name=last, team="demo")
        set_roles(user, [role])
        users.append({"username": user.username, "password": password, "role": role.value})
    apps = []
    for slug, name in APPS.items():
        app = App.objects.create(slug=slug, name=name, review_minutes=60 if slug == BOX else None)
        _, key = issue_key(app, [Scope.SUBMIT, Scope.APPEAL, Scope.PUBLISH], name="demo")
        endpoint = Endpoint.objects.create(app=app, url=RECEIVER, secret=new_secret(), active=False)
        apps.append({"slug": slug, "name": name, "api_key": key, "webhook_secret": endpoint.secret})
    demo = {
        "url": settings.SITE_URL,
        "api_key": apps[0]["api_key"],
        "webhook_secret": apps[0]["webhook_secret"],
        "users": users,
        "apps": apps,
    }
    _write(demo)
    return demo


def point_webhook(url: str) -> None:
    """Send the first app's events to `url` from now on. Its secret stays the one in var/demo.json."""
    endpoint = Endpoint.objects.filter(app__slug=CLUB).order_by("id").first()
    if endpoint is None:
        raise Endpoint.DoesNotExist("the demo is not loaded")
    endpoint.url, endpoint.active, endpoint.stopped_because = url, True, ""
    endpoint.full_clean()
    endpoint.save(update_fields=["url", "active", "stopped_because"])


def _write(demo: dict[str, Any]) -> None:
    """Whole or not at all, and readable by its owner alone."""
    file = demo_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(json.dumps(demo, indent=2, ensure_ascii=False) + "\n")
    part.replace(file)
