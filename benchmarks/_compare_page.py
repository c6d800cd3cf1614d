"""The page that compares two heads, asked for by a browser's request, over a million pairs in the database."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from _common import Row, percentile, say
from _compare import STRATA, made_up


def page_rows(n: int = 1_000_000, rounds: int = 10) -> list[Row]:
    """Server time of a first look: blocks of 90 days read, counted, drawn and rendered; and of a look after it.

    In this process, on SQLite in a folder that is thrown away. Sets Django up: nothing that needs other settings may
    run after it.
    """
    with TemporaryDirectory(prefix="brickmod-bench-") as folder:
        os.environ |= {"BRICKMOD_VAR": folder, "SECRET_KEY": "only-for-this-benchmark-and-thrown-away"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "brickmod.settings", "ALLOWED_HOSTS": "testserver"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        say("compare: a database of its own")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        task = _fill(n, Path(folder))
        return _measured(f"/models/{task}/", rounds)


def _fill(n: int, folder: Path) -> str:
    from django.utils import timezone

    from featurestore.compare.blocks import Columns, pack
    from featurestore.compare.models import Block
    from featurestore.compare.reading import STRATA as KEPT
    from featurestore.heads.models import Alias, HeadVersion, Serving

    heads = [_version(folder, version) for version in ("1", "2")]
    assert all(isinstance(head, HeadVersion) for head in heads)
    for alias, head in zip((Alias.CHAMPION, Alias.CHALLENGER), heads, strict=True):
        Serving.objects.create(task="face", alias=alias, head=head)
    pairs, rng = made_up(n), np.random.default_rng(1)
    arrays = {name: getattr(pairs, name) for name in ("a_score", "b_score", "a_hit", "b_hit", "label", "chance")}
    arrays |= {name: codes for name, (codes, _) in pairs.slices.items()}
    arrays |= {"stratum": np.array([KEPT.index(name) for name in STRATA], np.int8)[pairs.stratum]}
    arrays |= {name: rng.gamma(2, 0.1, n).astype(np.float32) for name in ("a_ms", "b_ms")}
    names = {name: tuple(of) for name, (_, of) in pairs.slices.items()}
    today = np.datetime64(timezone.now().date())
    day = today - (pairs.day.max() - pairs.day) - 2
    for one in np.unique(day):
        rows = day == one
        data, sha256 = pack(Columns({name: array[rows] for name, array in arrays.items()}, names))
        Block.objects.create(
            task="face",
            champion=heads[0],
            challenger=heads[1],
            day=one.item(),
            count=int(rows.sum()),
            columns=data,
            sha256=sha256,
        )
    return "face"


def _version(folder: Path, version: str):
    from dataclasses import asdict

    from featurestore.heads.models import HeadVersion
    from featurestore.heads.write import write_logistic

    about = {"task": "face", "version": version, "encoder": "enc-1", "threshold": 0.5, "made_by": "a benchmark"}
    sheet = write_logistic(folder / version, np.ones(4), 0, about | {"data": "drawn", "metrics": {}, "view": "face"})
    raw = (folder / version / "head.onnx").read_bytes()
    return HeadVersion.objects.create(
        task="face", version=version, encoder="enc-1", view="face", onnx=raw, sheet=asdict(sheet)
    )


def _measured(url: str, rounds: int) -> list[Row]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from featurestore.compare.comparing import kept

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("bench", password=None))
    first, again, worked = [], [], 0.0
    for n in range(rounds + 1):
        kept.clear()
        for taken in (first, again):
            began, cores = time.perf_counter(), time.process_time()
            answer = client.get(url)
            taken.append(1000 * (time.perf_counter() - began))
            worked += 1000 * (time.process_time() - cores) if taken is first and n else 0.0
            if answer.status_code != 200 or b"<table" not in answer.content:
                raise SystemExit(f"{url} answered {answer.status_code}, without a comparison")
        if n == 0:  # templates are read, modules imported
            first.clear()
            again.clear()
    say(f"compare: first looks {', '.join(f'{one:.0f}' for one in first)} ms")
    return [
        Row("compare", percentile(first, 50)),
        Row("compare, fastest first look", min(first)),
        Row("compare, work of a first look", worked / rounds, unit="ms of one core"),
        Row("compare, looked at again", percentile(again, 50)),
    ]
