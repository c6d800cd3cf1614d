"""What is done to vectors before they are stored: at one door, under one secret, and heads can still learn from it."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from brickmod.keys import Keys
from featurestore.models import Feature
from featurestore.privacy.hiding import KEY, Noise, NotPrepared, Projection, hiding, unit
from featurestore.store import get_store
from featurestore.store.base import NewFeature

DIM, SIZE = 40, 16
WIDTHS = np.linspace(9, 1, DIM, dtype=np.float32)
PUBLIC = np.random.default_rng(1).standard_normal((200, DIM)).astype(np.float32) * WIDTHS
SECRET = b"s" * 32


@pytest.fixture
def projection() -> Projection:
    return Projection.fit(PUBLIC, SECRET, SIZE)


def test_the_same_secret_gives_the_same_for_ever(projection):
    x = np.eye(DIM, dtype=np.float32)[:2]
    again = Projection.fit(PUBLIC, SECRET, SIZE)
    assert np.allclose(projection.hide(x), again.hide(x), atol=1e-6)
    assert projection.suffix == again.suffix
    other = Projection.fit(PUBLIC, b"t" * 32, SIZE)
    assert abs(float((projection.hide(x) * other.hide(x)).sum(1).mean())) < 0.9
    assert other.suffix != projection.suffix


def test_neither_length_nor_the_widest_axes_are_left(projection):
    x = PUBLIC * np.random.default_rng(2).uniform(0.1, 9, (len(PUBLIC), 1)).astype(np.float32)
    hidden = projection.hide(x)
    assert hidden.shape == (len(x), SIZE)
    assert np.allclose(np.linalg.norm(hidden, axis=1), 1, atol=1e-4)
    widths = np.linalg.svd(hidden - hidden.mean(0), compute_uv=False)
    bare = np.linalg.svd(unit(x) - unit(x).mean(0), compute_uv=False)[:SIZE]
    assert widths[0] / widths[-1] < 1.5 < bare[0] / bare[-1]


@given(st.integers(0, 2**32 - 1))
def test_alike_stays_alike(seed):
    x = np.random.default_rng(seed).standard_normal((3, DIM)).astype(np.float32)
    x[1] = x[0] * 3
    hidden = Projection.fit(PUBLIC, SECRET, SIZE).hide(x)
    assert np.allclose(hidden[0], hidden[1], atol=1e-4)


def test_noise_is_as_long_as_it_says_and_never_the_same():
    x = PUBLIC[:50]
    one, two = Noise(4).hide(x), Noise(4).hide(x)
    assert np.linalg.norm(one - unit(x), axis=1).mean() == pytest.approx(4, rel=0.1)
    assert not np.allclose(one, two)


def test_too_few_pictures_give_no_axes():
    with pytest.raises(ValueError, match="200 public vectors"):
        Projection.fit(PUBLIC, SECRET, 200)


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_store_never_sees_the_bare_vector(settings, tmp_path, projection):
    settings.FEATURE_HIDING, settings.KEYS_FOLDER = "projection", tmp_path
    new = NewFeature("e1", "picture", PUBLIC[0], "DK", timezone.now().date())
    with pytest.raises(NotPrepared, match="prepare_hiding"):
        get_store().put([new])
    Projection.fit(PUBLIC, Keys.configured().make(KEY), SIZE).keep("e1")
    [id] = get_store().put([new])
    how = hiding("e1")
    row = Feature.objects.get(id=id)
    assert row.encoder.version == f"e1{how.suffix}"
    stored = np.frombuffer(bytes(row.vector), "<f2")
    assert np.allclose(stored, how.hide(PUBLIC[:1])[0], atol=1e-3)
    assert [one.id for one in get_store().get([id])] == [id]


@pytest.mark.models
def test_axes_are_found_once(models, settings, tmp_path, capsys):
    settings.MODELS_DIR, settings.KEYS_FOLDER = models, tmp_path
    call_command("prepare_hiding", scale=0.7)
    assert capsys.readouterr().out.count("become 64") == 2
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    call_command("prepare_hiding", scale=0.7)
    assert capsys.readouterr().out.count("is prepared") == 2
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir()}


def test_too_few_public_pictures_are_said_so(models, settings, tmp_path):
    settings.MODELS_DIR, settings.KEYS_FOLDER = models, tmp_path
    with pytest.raises(CommandError, match="give more with --scale"):
        call_command("prepare_hiding", scale=0.1)
