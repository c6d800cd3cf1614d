"""A link dies when it should; afterwards nothing leads from a submission to its features: no key, no id, no order."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from brickmod.keys import Keys
from featurestore.models import Feature, Label
from featurestore.privacy.settling import K
from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from moderation.intake.models import Part
from moderation.prefilter import actions, days, links
from moderation.prefilter.models import FeatureLink, Unsettled

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def keys(settings, tmp_path) -> Keys:
    settings.KEYS_FOLDER = tmp_path / "keys"
    return Keys.configured()


@pytest.fixture
def part(send, looked) -> Part:
    submission = send()
    actions.conclude(looked(submission))
    return submission.parts.get(kind="image")


def test_a_link_leads_to_its_feature_and_only_from_its_part(part):
    (feature,) = links.features_of(part)
    assert Feature.objects.get(id=feature).view == "picture"
    other = part.submission.parts.get(kind="text")
    FeatureLink.objects.filter(part=other).delete()
    FeatureLink.objects.filter(part=part).update(part=other)
    assert links.features_of(other) == []


def test_the_key_is_in_no_table(part, keys):
    (name,) = keys.names()
    key = keys.get(name)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                assert not any(key in bytes(v) for v in row if isinstance(v, bytes | memoryview))
                assert not any(key.hex() in str(v) for v in row)


def test_without_the_key_the_database_and_its_backups_are_useless(part, keys):
    backup = list(FeatureLink.objects.all())
    for name in keys.names():
        assert keys.destroy(name)
    assert links.features_of(part) == []
    FeatureLink.objects.all().delete()
    FeatureLink.objects.bulk_create(backup)
    links.Keys.configured().make(links._name(backup[0].slot))  # a new key of the same name opens nothing
    assert links.features_of(part) == []


@given(st.integers(0, 24 * 60 * 60), st.integers(1, 48))
def test_a_link_lives_its_hours_and_half_an_hour_at_most(second, hours):
    made = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=second)
    before, django_settings.LINK_HOURS = django_settings.LINK_HOURS, hours
    try:
        assert links.slot_of(made) > links._last_closed(made + hours * HOUR)
        assert links.slot_of(made) <= links._last_closed(made + hours * HOUR + links.SLOT)
    finally:
        django_settings.LINK_HOURS = before


def test_windows_close_in_hours_not_in_days(part, keys, settings):
    settings.LINK_HOURS = 2
    slot = FeatureLink.objects.values_list("slot", flat=True).distinct().get()
    assert links.close_windows(slot + 2 * HOUR) == 0
    assert len(links.features_of(part)) == 1
    assert links.close_windows(slot + 2 * HOUR + links.SLOT) == 1
    assert (keys.names(), links.features_of(part), FeatureLink.objects.count()) == ([], [], 0)
    assert Feature.objects.count() == 2


def test_a_link_is_dead_in_time_even_if_nobody_cleaned(part):
    FeatureLink.objects.update(slot=FeatureLink.objects.first().slot - timedelta(hours=django_settings.LINK_HOURS + 1))
    assert links.features_of(part) == []


def test_processes_that_ask_at_once_get_the_same_key(keys):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: keys.make("link-x"), range(40)))) == 1
    assert sorted(path.name for path in keys.folder.iterdir()) == ["CACHEDIR.TAG", "link-x.key"]
    assert (keys.folder / "link-x.key").stat().st_mode & 0o077 == 0


# -- settling ------------------------------------------------------------------------------------------------------
DAY = date(2026, 3, 14)
CLOSED = datetime(2026, 3, 16, 1, tzinfo=UTC)


def come(count: int, market: str, view: str = "picture") -> list:
    """`count` features in the order of their first number, each decided on in that order."""
    store = get_store()
    new = [NewFeature("e1", view, np.array([n, 1], np.float32), market, DAY) for n in range(count)]
    ids = store.put(new)
    Unsettled.objects.bulk_create(Unsettled(feature=id, view=view, market=market, day=DAY) for id in ids)
    store.label([NewLabel(id, "face", "no", "moderator", 1, DAY + timedelta(days=1)) for id in ids])
    store.label([NewLabel(ids[0], "face", "yes", "audit", 1, DAY + timedelta(days=1))])
    return ids


def numbers(rows) -> list[float]:
    return [float(np.frombuffer(bytes(vector), "<f2")[0]) for vector in rows]


def arrivals() -> list[float]:
    """The features as the table keeps them: what an attacker reads off a stolen file."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT vector FROM featurestore_feature ORDER BY {place}")
        return numbers(row[0] for row in cursor.fetchall())


def decisions() -> list[float]:
    return numbers(Label.objects.filter(value="no").order_by("id").values_list("feature__vector", flat=True))


def an_empty_table():
    """PostgreSQL fills the gaps that rolled-back tests left before it appends; only a new file has none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE featurestore_feature CASCADE")


def test_no_order_is_left_when_the_day_is_settled():
    an_empty_table()
    old = come(60, "DK")
    # What is to be mended: row by row the table says who came when, and label by label what was decided when.
    assert arrivals() == decisions() == sorted(arrivals())
    assert days.settle_days(CLOSED - 2 * HOUR) == 0
    assert days.settle_days(CLOSED) == 60
    for order in (arrivals(), decisions()):
        assert sorted(order) == list(range(60))
        assert abs(np.corrcoef(order, range(60))[0, 1]) < 0.6  # chance: |r| has a standard deviation of 0.13
    assert get_store().get(old) == []
    assert not Unsettled.objects.exists()
    assert days.settle_days(CLOSED) == 0


def test_evidence_stays_with_its_feature_and_in_its_order():
    come(K, "DK")
    days.settle_days(CLOSED)
    zero = next(f for f in Feature.objects.all() if numbers([f.vector]) == [0.0])
    said = get_store().said([zero.id])
    assert [(label.value, label.source, label.day) for label in said] == [
        ("no", "moderator", DAY),
        ("yes", "audit", DAY),
    ]
    assert Label.objects.count() == K + 1


def test_rare_days_and_markets_are_merged():
    come(K, "DK")
    come(K - 1, "IE")
    come(3, "NO")
    come(K - 1, "DK", view="text")
    days.settle_days(CLOSED)
    found = {
        (view, market, day): Feature.objects.filter(view=view, market=market, day=day).count()
        for view, market, day in Feature.objects.values_list("view", "market", "day")
    }
    assert found == {
        ("picture", "DK", DAY): K,
        ("picture", "", DAY): K + 2,
        ("text", "", DAY.replace(day=1)): K - 1,
    }


def test_what_was_interrupted_is_ended_without_doubles():
    ids = come(K, "DK")
    days._coarsen(DAY)
    row = Unsettled.objects.get(feature=ids[0])
    from featurestore.privacy.settling import Move, settle

    # Killed after the move was written and before its note was taken away.
    assert settle(get_store(), [Move(row.feature, row.becomes, "DK", DAY)]) == 1
    assert days.settle_days(CLOSED) == K - 1
    assert sorted(arrivals()) == list(range(K))
    assert Label.objects.count() == K + 1


def test_an_erased_feature_is_not_settled(send, looked):
    from moderation.intake.actions import erase

    submission = send()
    actions.conclude(looked(submission))
    assert Unsettled.objects.count() == 2
    erase(submission)
    assert not Unsettled.objects.exists()


def test_a_name_is_no_path(keys):
    with pytest.raises(ValueError):
        keys.make("../" + uuid4().hex)
