import uuid

import pytest

from engagement.characters.models import Character, Draft
from engagement.creations.models import Creation


@pytest.fixture
def creation(calling_app):
    """creation(author="mo", …): a published creation in Denmark."""

    def creation(author: str = "mo", app=None, **fields) -> Creation:
        given = {"external_id": uuid.uuid4().hex, "market": "DK", "language": "da", "title": "Havnen", "author": author}
        return Creation.objects.create(app=app or calling_app, content_digest="", **(given | fields))

    return creation


@pytest.fixture
def bo(db):
    return Character.objects.get(slug="bo")


@pytest.fixture
def draft(creation, bo):
    """draft(text="Godt gået!", …): a draft that waits for a person."""

    def draft(text: str = "Godt gået!", **fields) -> Draft:
        given = {"character": bo, "language": "da", "text": text}
        if "creation" not in fields:
            given["creation"] = creation()
        return Draft.objects.create(**(given | fields))

    return draft


@pytest.fixture
def tasks(monkeypatch):
    """The module of tasks; it leaves the test's own connection open."""
    from engagement.characters import tasks

    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    return tasks
