"""Who may do what."""

import pytest
from django.contrib.auth.models import Group

from brickmod.access.actions import set_roles
from brickmod.access.models import AuditEvent, Role, Verb
from brickmod.access.roles import PERMISSIONS, ROLES, ensure_roles

pytestmark = pytest.mark.django_db

MODELS = {"featurestore.see_models", "heads.train", "heads.promote"}
MAY = {
    "moderator": {"desk.decide", "desk.see_queue", "labelling.label", "characters.approve", "authors.see"}
    | {"appeals.decide"},
    "lead": {"desk.decide", "desk.see_queue", "labelling.label", "characters.approve", "prefilter.see_flow"}
    | {"authors.see", "authors.act", "desk.lead", "characters.settle", "appeals.decide", "appeals.see_rates"}
    | {"policies.write", "policies.publish", "shifts.see", "agreement.lead"}
    | MODELS,
    "ml_engineer": {"labelling.label", "prefilter.see_flow", "featurestore.export", "appeals.see_rates"} | MODELS,
    "admin": set(PERMISSIONS) - {"restricted.keep"},
    "custodian": {"restricted.keep"},
    "": set(),
}


@pytest.mark.parametrize("role", MAY)
def test_each_role_may_what_it_should_and_nothing_else(make_user, role):
    user = make_user(role)
    assert {name for name in PERMISSIONS if user.has_perm(name)} == MAY[role]


@pytest.mark.parametrize("role", ["moderator", "lead", "ml_engineer"])
def test_only_admins_may_change_people(make_user, role):
    user = make_user(role)
    assert not any(name.startswith(("access.", "auth.", "outbox.")) for name in user.get_all_permissions())


def test_a_fresh_database_has_the_roles(db):
    """Made by `migrate`, without anybody having asked."""
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_second_time_changes_nothing(db, django_assert_max_num_queries):
    before = sorted(Group.permissions.through.objects.values_list("group__name", "permission__codename"))
    ensure_roles()
    assert before == sorted(Group.permissions.through.objects.values_list("group__name", "permission__codename"))


def test_a_right_that_somebody_added_by_hand_does_not_stay(moderator):
    group = Group.objects.get(name="moderator")
    group.permissions.add(Group.objects.get(name="admin").permissions.get(codename="change_user"))
    ensure_roles()
    assert not moderator.has_perm("access.change_user")


@pytest.mark.django_db(transaction=True)
def test_roles_are_there_after_a_flush(transactional_db):
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_set_roles_gives_takes_and_tells(make_user, admin_user):
    user = make_user("moderator")
    set_roles(user, [Role.ADMIN, Role.LEAD], by=admin_user)
    assert set(user.groups.values_list("name", flat=True)) == {"admin", "lead"}
    assert user.is_staff
    set_roles(user, ["lead"], by=admin_user)
    assert not user.is_staff
    set_roles(user, ["lead"], by=admin_user)  # nothing changed, nothing told
    rows = AuditEvent.objects.filter(verb=Verb.ROLE).order_by("id")
    assert [(row.old, row.new) for row in rows] == [(["moderator"], ["admin", "lead"]), (["admin", "lead"], ["lead"])]
    with pytest.raises(ValueError):
        set_roles(user, ["king"])
