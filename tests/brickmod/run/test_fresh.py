"""What a second start may leave out, and what it may not."""

import os

import pytest
from django.core.management import call_command

from brickmod.run import fresh
from brickmod.run.fresh import Prepared


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project and its var/, with everything prepared."""
    monkeypatch.setattr(fresh, "ROOT", tmp_path)
    for name in (
        "static/css/base.css",
        "desk/migrations/0001_initial.py",
        "requirements.txt",
        "var/db",
        "var/static/x",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def mark(project) -> str:
    return fresh.mark(project / "var", f"sqlite://{project}/var/db")


def test_nothing_changed(project):
    assert mark(project) == mark(project) != ""


@pytest.mark.parametrize("name", ["static/css/base.css", "desk/migrations/0001_initial.py", "requirements.txt"])
def test_a_changed_source_is_seen(project, name):
    before = mark(project)
    (project / name).write_text("something longer than it was before")
    assert mark(project) != before


@pytest.mark.parametrize(
    "name", ["static/js/desk.js", "desk/migrations/0002_more.py", "moderation/desk/migrations/0001_x.py"]
)
def test_a_new_source_is_seen(project, name):
    before = mark(project)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("")
    assert mark(project) != before


def test_another_database_file_is_seen(project):
    before = mark(project)
    (project / "var" / "other").write_text("var/db")
    os.replace(project / "var" / "other", project / "var" / "db")
    assert mark(project) != before


@pytest.mark.parametrize("gone", ["db", "static/x"])
def test_what_is_gone_must_be_made(project, gone):
    (project / "var" / gone).unlink()
    if gone == "static/x":
        (project / "var" / "static").rmdir()
    assert mark(project) == ""


def test_what_a_server_holds_cannot_be_seen_from_here(project):
    assert fresh.mark(project / "var", "postgresql://db.example/brickmod") == ""


def test_state_survives_and_a_broken_file_counts_as_none(tmp_path):
    Prepared("m", False, True).save(tmp_path)
    assert fresh.load(tmp_path) == Prepared("m", False, True)
    (tmp_path / fresh.STATE).write_text("{")
    assert fresh.load(tmp_path) == Prepared()


@pytest.mark.parametrize("someone", [False, True])
def test_prepare_run_says_whether_anybody_is_there(db, settings, tmp_path, make_user, capsys, someone):
    settings.VAR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    Prepared(loading=True).save(tmp_path)  # a demo was being loaded when the last run ended
    if someone:
        make_user("admin")
    call_command("prepare_run")
    assert fresh.load(tmp_path) == Prepared(mark="", empty=not someone, loading=someone)
    assert (tmp_path / "static" / "admin").is_dir()
    assert ("holds data" in capsys.readouterr().out) is someone
