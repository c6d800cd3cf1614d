"""Shards from a manifest: in its order, small, without anything but pixels and theme, and resumable."""

import hashlib
import io
import json
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from PIL import Image

from engagement.themes.finetune.shards import BrokenShards, open_shard, read_index
from featurestore.pointers.manifest import Pointer, write
from tests.engagement.themes.finetune.conftest import drawn


def from_a_phone(number: int) -> bytes:
    """Lying on its side, and saying whose it is and where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010E] = 6, "Mia Hansen", "our kitchen"
    exif.get_ifd(0x8825)[2] = (55.0, 40.0, 0.0)
    out = io.BytesIO()
    Image.open(io.BytesIO(drawn(number))).resize((480, 400)).save(out, "JPEG", exif=exif, comment=b"mia@example.com")
    return out.getvalue()


@pytest.fixture
def manifest(tmp_path):
    """Seven good lines, one gone, one changed, one no picture, one of no theme, one that is no pointer."""
    storage, pointers = storages["default"], []

    def put(data, label, sha=None):
        name = storage.save("pointed/a.jpg", ContentFile(data))
        pointers.append(Pointer(label, date(2026, 3, 1), key=name, sha256=sha or hashlib.sha256(data).hexdigest()))

    for number in range(7):
        put(from_a_phone(number), ("castle", "train")[number % 2])
    put(b"no picture", "castle")
    put(drawn(8), "castle", sha="0" * 64)
    put(drawn(9), "a-theme-of-nobody")
    pointers.insert(3, Pointer("castle", date(2026, 3, 1), key="pointed/gone.jpg"))
    path = tmp_path / "manifest.jsonl"
    write(path, pointers)
    with path.open("a") as file:
        file.write("this is no pointer\n")
    return path


def shards_of(folder):
    return {path.name: path.read_bytes() for path in folder.glob("shard-*.tar")}


@pytest.fixture
def run(db, manifest, capsys):
    def run(out, *more):
        call_command("write_theme_shards", str(manifest), str(out), "--lines", "5", "--side", "64", *more)
        return json.loads(capsys.readouterr().out)

    return run


def test_what_is_in_them_and_what_is_not(run, tmp_path):
    told = run(tmp_path / "out")
    assert told["outcomes"] == {"ok": 7, "missing": 1, "changed": 1, "unreadable": 2, "no_theme": 1}
    assert (told["shards"], told["written_now"], told["pictures"]) == (3, 3, 7)
    index = read_index(tmp_path / "out")
    assert (index.themes, index.shares()) == (("castle", "train"), [4 / 7, 3 / 7])
    samples = [kept for shard in index.shards for kept in open_shard(index.folder, shard)]
    assert [kept.key for kept in samples] == [f"{line:09d}" for line in (0, 1, 2, 4, 5, 6, 7)]
    first = Image.open(io.BytesIO(samples[0].jpg))
    assert first.size == (64, 77)  # upright now, its shorter side as asked
    assert not first.getexif()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    for word in (b"Mia", b"kitchen", b"example.com", b"pointed", b"2026"):
        assert word not in everything


def test_the_same_manifest_makes_the_same_bytes_and_only_what_is_missing_is_made(run, tmp_path):
    run(tmp_path / "one")
    whole = shards_of(tmp_path / "one")
    told = run(tmp_path / "two", "--part", "2/2")
    assert (told["written_now"], "pictures" in told) == (1, False)
    (tmp_path / "two" / "shard-000001.json").unlink()  # as after a kill between the tar and its sheet
    assert run(tmp_path / "two", "--part", "1/2")["index"].startswith("not yet")
    assert run(tmp_path / "two")["written_now"] == 1
    assert shards_of(tmp_path / "two") == whole
    assert run(tmp_path / "two")["written_now"] == 0
    assert read_index(tmp_path / "two").digest() == read_index(tmp_path / "one").digest()


def test_another_manifest_is_not_mistaken_for_the_same(run, manifest, tmp_path):
    run(tmp_path / "out")
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join([*lines[:6], lines[0], *lines[7:]]) + "\n")
    assert run(tmp_path / "out")["written_now"] == 1


def test_a_shard_that_was_changed_is_refused(run, tmp_path):
    run(tmp_path / "out")
    index = read_index(tmp_path / "out")
    path = tmp_path / "out" / index.shards[0].name
    raw = bytearray(path.read_bytes())
    raw[600] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(BrokenShards, match="not what its index says"):
        open_shard(index.folder, index.shards[0])


def test_what_cannot_be_is_said(run, tmp_path):
    with pytest.raises(CommandError, match="K/N"):
        run(tmp_path / "out", "--part", "3/2")
    with pytest.raises(BrokenShards, match="There is no index"):
        read_index(tmp_path)
