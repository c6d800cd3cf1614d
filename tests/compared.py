"""A task whose champion and challenger have looked at the same uploads for two weeks, and people at most of them."""

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from django.utils import timezone

from featurestore.compare.models import Pair
from featurestore.heads.models import Alias, HeadVersion, Kind, PromotionEvent, Serving
from featurestore.heads.write import write_logistic

TODAY = date(2026, 3, 15)
CARD = "# Faces\n\nFinds **faces**.\n\n<script>alert(1)</script> ![x](https://example.com/x.png)\n"


def head(
    folder: Path, task: str, version: str, parent: HeadVersion | None = None, threshold: float = 0.5
) -> HeadVersion:
    """A version with a real file."""
    sheet = write_logistic(
        folder / f"{task}-{version}",
        np.ones(4, np.float32),
        int(version) / 100,
        {"task": task, "version": version, "encoder": "image@1", "threshold": threshold, "made_by": "a test",
         "data": "drawn", "metrics": {}, "view": "face"},
    )  # fmt: skip
    return HeadVersion.objects.create(
        task=task,
        version=version,
        encoder="image@1",
        view="face",
        onnx=(folder / f"{task}-{version}" / "head.onnx").read_bytes(),
        sheet=asdict(sheet),
        parent=parent,
        data={"label_view": "strongest@1", "labels": {"no": 400, "yes": 90}},
        metrics={"auc": [0.9 + int(version) / 1000, 0.85, 0.95]},
        card=CARD,
    )


def fill(folder: Path, task: str = "face", uploads: int = 3000, better: bool = True) -> tuple[HeadVersion, HeadVersion]:
    """Version 1 serves, version 2 beside it, and both saw `uploads`; 2 catches more. Returns both."""
    a = head(folder, task, "1")
    b = head(folder, task, "2", a, 0.4)
    now = timezone.now()
    Serving.objects.create(task=task, alias=Alias.CHAMPION, head=a, since=now - timedelta(days=40))
    Serving.objects.create(task=task, alias=Alias.CHALLENGER, head=b, since=now - timedelta(days=14))
    PromotionEvent.objects.create(
        task=task,
        kind=Kind.PROMOTE,
        new=a,
        reason="It came with the detector.",
        served={"champion": ["1", None, 0]},
    )
    look(a, b, uploads, better)
    return a, b


def look(a: HeadVersion, b: HeadVersion, uploads: int, better: bool = True) -> None:
    rng = np.random.default_rng(1)
    find = rng.random(uploads) < 0.1
    scores = [_scores(rng, find, 0.8), _scores(rng, find, 2.5 if better else 0.8)]
    rows = []
    for n in range(uploads):
        hit = [bool(score[n] >= 0.5) for score in scores]
        audit = hit[0] and n % 3 == 0
        rows.append(
            Pair(
                task=a.task,
                day=TODAY - timedelta(n % 14),
                market=("DK", "DE", "PL")[n % 3],
                language=("da", "de", "pl")[n % 3],
                device=("ios", "android")[n % 2],
                champion=a,
                challenger=b,
                champion_score=float(scores[0][n]),
                challenger_score=float(scores[1][n]),
                champion_hit=hit[0],
                challenger_hit=hit[1],
                champion_ms=0.1,
                challenger_ms=0.2,
                stratum="seen" if not hit[0] else "agreed" if hit[1] else "disputed",
                chance=1 / 3 if hit[0] else 1,
                label=bool(find[n]) if audit or not hit[0] else None,
            )
        )
    Pair.objects.bulk_create(rows, batch_size=1000)


def _scores(rng: np.random.Generator, find: np.ndarray, apart: float) -> np.ndarray:
    return 1 / (1 + np.exp(-rng.normal(np.where(find, apart, -3.0), 1.5)))
