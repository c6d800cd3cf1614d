"""With the real models: a champion and its twin with another threshold leave a pair; the dispute is put back."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from skimage import data as pictures

from featurestore.compare.models import Pair
from featurestore.heads.models import Alias, HeadVersion, Serving
from moderation import detectors
from moderation.comparing.actions import answer, take
from moderation.comparing.disagreements import disagreements
from moderation.intake.actions import Upload, submit
from moderation.prefilter import actions, executor
from moderation.prefilter.links import features_of

pytestmark = [pytest.mark.django_db, pytest.mark.models]
FACE = Path(detectors.__file__).parent / "face"


def test_a_dispute_is_drawn_shown_and_put_back(models, calling_app, moderator):
    executor.load()
    raw, sheet = (FACE / "head.onnx").read_bytes(), json.loads((FACE / "head.json").read_text())
    heads = []
    for version, alias, threshold in (("1", Alias.CHAMPION, None), ("2", Alias.CHALLENGER, 1.0)):
        row = HeadVersion.objects.create(
            task="face", version=version, encoder=sheet["encoder"], view="face", onnx=raw, sheet=sheet
        )
        Serving.objects.create(task="face", alias=alias, head=row, threshold=threshold)
        heads.append(row)
    file = io.BytesIO()
    Image.fromarray(pictures.astronaut()).save(file, "JPEG")
    file.seek(0)
    one, _ = submit(calling_app, Upload("a", "b", "DK", "da", title="Min raket", images=[file]))
    actions.look(actions.take(one.id))
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("rejected", "prefilter")
    pair = Pair.objects.get(task="face")
    assert (pair.champion_hit, pair.challenger_hit, pair.stratum, pair.chance) == (True, False, "disputed", 1.0)
    assert pair.champion_score == pytest.approx(pair.challenger_score, abs=1e-6)
    assert features_of(list(one.parts.all()))
    [shown] = disagreements("face", *heads)
    assert (shown.a_hit, shown.label) == (True, None)
    assert shown.rects
    answer(moderator, take(moderator).submission_id, "back")
    pair.refresh_from_db()
    one.refresh_from_db()
    assert (one.state, pair.label) == ("queued", False)
