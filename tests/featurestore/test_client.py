"""The client that a data scientist imports."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings

from featurestore.bridge.files import NoBridge, save
from featurestore.bridge.fit import fit
from featurestore.client import FeatureStore, MixedEncoders, NothingThere
from featurestore.labels.splits import UnknownSplit
from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel, UnknownEncoder

DAY = date(2026, 3, 1)
ROOT = Path(django_settings.BASE_DIR)


@pytest.fixture
def fill(db):
    """fill("e-1", n=200, dim=6, view="picture", first=0): features whose first number says their label."""

    def fill(encoder: str, n: int = 200, dim: int = 6, view: str = "picture", first: int = 0) -> np.ndarray:
        x = np.random.default_rng(7).normal(size=(n, dim)).astype(np.float32)
        store = get_store()
        days = [DAY + timedelta(days=first + row % 20) for row in range(n)]
        ids = store.put([NewFeature(encoder, view, row, "DK", day) for row, day in zip(x, days, strict=True)])
        said = ["yes" if row[0] > 0 else "no" for row in x]
        store.label([NewLabel(id, "face", value, "moderator", 1, DAY) for id, value in zip(ids, said, strict=True)])
        return x

    return fill


@pytest.mark.postgres
def test_arrays_frames_and_tensors(fill):
    fill("e-1")
    data = FeatureStore().dataset("face")
    assert (data.x.shape, data.x.dtype, len(data)) == ((200, 6), np.float32, 200)
    assert ((data.x[:, 0] > 0) == (data.y == "yes")).all()
    assert repr(data).startswith("<face: ")
    assert "e-1, strongest@2>" in repr(data)
    frame = data.frame(vectors=True)
    assert list(frame.columns) == ["y", "weight", "source", "day", *(f"x{n}" for n in range(6))]
    assert list(frame.index) == data.ids
    np.testing.assert_array_equal(frame.loc[:, "x0":"x5"].to_numpy(), data.x)
    x, y, weight = data.torch()[:]
    assert data.codes()[1] == ("no", "yes")
    assert ((x[:, 0] > 0).numpy() == y.numpy()).all()
    assert x.data_ptr() == data.x.ctypes.data
    assert weight.sum() == 200
    with pytest.raises(AttributeError):
        _ = data.anything_else


def test_what_there_is_can_be_asked(fill):
    fill("e-1", 30)
    fill("e-2", 20, view="text")
    store = FeatureStore()
    assert store.stats().features == {("e-1", "picture"): 30, ("e-2", "text"): 20}
    assert store.encoders("face") == {"e-1": 30, "e-2": 20}
    assert store.encoders("face", "text") == {"e-2": 20}
    assert "strongest@1" in store.label_views()
    assert sum(store.splits().values()) == pytest.approx(1)
    assert len(store.dataset("face", view="text", since="2026-03-20")) == 1


def test_errors_say_what_to_do(fill):
    fill("e-1", 30)
    store = FeatureStore()
    with pytest.raises(NothingThere, match="'fase'; tasks that have some: face"):
        store.dataset("fase")
    with pytest.raises(UnknownSplit, match="exam"):
        store.dataset("face", split="test")
    with pytest.raises(UnknownEncoder, match="e-1"):
        store.dataset("face", "e-9")
    fill("e-2", 20)
    with pytest.raises(
        MixedEncoders, match=r"2 encoder versions.*e-1 \(30 features\), e-2 \(20 features\).*bridged=True"
    ):
        store.dataset("face")
    with pytest.raises(NoBridge, match="from e-2 to e-1"):
        store.dataset("face", "e-1", bridged=True)


def test_what_heads_read_beside_a_vector_does_not_hide_the_vector(fill):
    """ "e-1+votes1" has e-1's vectors in it: who asks for none in particular gets those of the encoder."""
    fill("e-1", 20)
    fill("e-1+votes1", 20, dim=11)
    store = FeatureStore()
    assert store.dataset("face").x.shape == (20, 6)
    assert store.dataset("face", "e-1+votes1").x.shape == (20, 11)


def test_older_features_come_over_a_bridge_only_when_asked(fill, settings, tmp_path):
    settings.VAR = tmp_path
    old = fill("e-1", 200, first=0)
    fill("e-2", 100, first=30)
    save(fit("e-1", "e-2", old, old * 2), {})
    store = FeatureStore()
    assert len(store.dataset("face", "e-2")) == 100
    for wish in (True, ["e-1"]):
        both = store.dataset("face", "e-2", bridged=wish)
        assert (len(both), int(both.bridged.sum())) == (300, 200)
        assert "200 of them bridged" in repr(both)
        assert both.frame()["bridged"].sum() == 200
    train = store.dataset("face", "e-2", split="train", bridged=True)
    assert 200 < len(train) < 300


def test_a_script_needs_no_more_than_the_import(tmp_path):
    """In a process of its own, where nobody has set Django up; inside an event loop, as in Jupyter."""
    script = (
        "import asyncio\n"
        "from featurestore.client import FeatureStore, NothingThere\n"
        "async def cell():\n"
        "    try:\n"
        "        FeatureStore().dataset('face')\n"
        "    except NothingThere as error:\n"
        "        print(error)\n"
        "asyncio.run(cell())\n"
    )
    env = {
        "PATH": "/usr/bin:/bin",
        "BRICKMOD_VAR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test-only-for-this-test",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }
    quiet = {"cwd": ROOT, "env": env, "capture_output": True, "text": True, "timeout": 120}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **quiet)
    ran = subprocess.run([sys.executable, "-c", script], **quiet)
    assert ran.stdout.strip() == "no labels for 'face'; tasks that have some: none", ran.stderr
