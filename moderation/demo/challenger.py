"""A challenger beside the champion of faces, and two weeks in which both looked at the same uploads: all invented.

The head is a real one (the champion's, a little more willing to see a face) and looks along from now on. What both said
before is drawn here; it goes the way of real pairs: kept, labelled with the chances that people's looks have, sealed.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import onnx
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from onnx import numpy_helper

from brickmod.house.rules import audit_share
from featurestore.compare import actions
from featurestore.compare.models import Pair, Stratum
from featurestore.heads.calibration import Calibration
from featurestore.heads.models import Alias, HeadVersion, Serving
from featurestore.heads.registering import register
from featurestore.heads.serving_actions import deploy
from featurestore.heads.trained import Trained
from featurestore.heads.write import write_head
from moderation.prefilter.chances import seen_chance
from moderation.prefilter.planting import plant_heads

TASK = "face"
DAYS, A_DAY, FACES = 14, 260, 0.06
MARKETS = (("DK", "da"), ("DE", "de"), ("GB", "en"), ("PL", "pl"))
CARD = """# Faces, a demo

**Invented for the demo.** This version is version 1 with a lower bar, not a trained head. It looks at every upload
beside the champion from now on; what the page says of the two weeks before is drawn by chance, not measured.
"""
WHY = "Demo: so that there is something to compare. What both said before today is invented."
SURE = 1.0, 0.5  # what is added to the champion's logit, and the noise of it, in the invented past


def plant() -> HeadVersion | None:
    """Put the demo's challenger beside the champion, with its invented past. Twice is fine; None: somebody put a
    challenger there."""
    plant_heads()  # the workers do so when they start; perhaps none has yet
    serving = Serving.objects.filter(task=TASK).select_related("head")
    champion = next((row.head for row in serving if row.alias == Alias.CHAMPION), None)
    if champion is None or any(row.alias != Alias.CHAMPION for row in serving):
        return None
    raw, sheet = _more_willing(champion)
    with transaction.atomic():
        head = register(Trained(raw, sheet, {}, [], {"demo": True, "says": WHY}, CARD), champion)
        deploy(head, None, WHY, with_mlflow=False)
    today = timezone.now().date()
    Serving.objects.filter(task=TASK, head=head).update(since=timezone.now() - timedelta(days=DAYS))
    for n in range(DAYS, 0, -1):
        day = today - timedelta(days=n)
        actions.keep(_pairs(champion, head, day))
        if n > 1:  # the last one is still open
            actions.seal_day(day)
    return head


def _more_willing(champion: HeadVersion) -> tuple[bytes, Any]:
    held = {
        one.name: numpy_helper.to_array(one) for one in onnx.load_from_string(bytes(champion.onnx)).graph.initializer
    }
    said = {name: champion.sheet[name] for name in ("task", "encoder", "threshold")}
    said |= {"version": "", "made_by": "the demo", "data": "none: see the card", "metrics": {}, "view": champion.view}
    return write_head([(held["weight"], held["bias"] + SURE[0])], Calibration(), said)


def _pairs(a: HeadVersion, b: HeadVersion, day: date) -> list[Pair]:
    rng = np.random.default_rng(day.toordinal())
    face = rng.random(A_DAY) < FACES
    first = rng.normal(np.where(face, 1.3, -4.0), 1.5)
    second = first + rng.normal(np.where(face, SURE[0], 0.0), SURE[1])
    scores = [1 / (1 + np.exp(-one)) for one in (first, second)]
    bars = [float(one.sheet["threshold"]) for one in (a, b)]
    hits = [score >= bar for score, bar in zip(scores, bars, strict=True)]
    where = rng.integers(0, len(MARKETS), A_DAY)
    rows = []
    for n in range(A_DAY):
        stratum, chance, known = _seen(bool(hits[0][n]), bool(hits[1][n]), rng)
        market, language = MARKETS[where[n]]
        rows.append(
            Pair(
                task=TASK,
                day=day,
                market=market,
                language=language,
                device=("ios", "android")[int(rng.integers(0, 2))],
                champion=a,
                challenger=b,
                champion_score=float(scores[0][n]),
                challenger_score=float(scores[1][n]),
                champion_hit=bool(hits[0][n]),
                challenger_hit=bool(hits[1][n]),
                champion_ms=float(rng.gamma(4, 0.03)),
                challenger_ms=float(rng.gamma(4, 0.03)),
                stratum=stratum,
                chance=chance,
                label=bool(face[n]) if known else None,
            )
        )
    return rows


def _seen(a_hit: bool, b_hit: bool, rng: np.random.Generator) -> tuple[str, float, bool]:
    """(stratum, chance, is there a label), by the rules that real uploads follow."""
    if not a_hit:
        return Stratum.SEEN, 1.0, True
    drawn = settings.RECHECK_AGREED if b_hit else settings.RECHECK_DISPUTED
    audit = rng.random() < audit_share()
    stratum = Stratum.AUDIT if audit else Stratum.AGREED if b_hit else Stratum.DISPUTED
    return stratum, seen_chance(drawn, audit_share()), bool(audit or rng.random() < drawn)
