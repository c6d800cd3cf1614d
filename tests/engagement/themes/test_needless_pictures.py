"""Pictures are not looked at where they could change nothing."""

import numpy as np

from engagement.themes.classifier import SHIPPED, SURE, Classifier
from engagement.themes.fusion import Said, fuse
from engagement.themes.mapping import Shape
from engagement.themes.picture_head import PictureHead
from engagement.themes.text_head import TextHead


def test_a_picture_is_needless_only_where_it_could_change_nothing():
    text, picture = TextHead(SHIPPED), PictureHead(SHIPPED)
    names = text.sheet.themes
    judge = Classifier(text, picture, Shape(dict.fromkeys(names, ()), {}, frozenset(names)))
    rows = np.random.default_rng(5).dirichlet(np.full(len(names), 0.15), 400)
    rows[0] = np.nan  # no words: the picture is all there is
    needless = judge._needless(rows)
    assert not needless[0]
    assert needless[1:].any()
    assert not needless[1:].all()
    prior = np.array(text.sheet.prior)
    _, alone = fuse([Said(names, prior, rows[needless])])
    for said in ([0.99, 0.01], [0.01, 0.99]):
        other = Said(picture.sheet.themes, np.array([0.5, 0.5]), np.tile(said, (int(needless.sum()), 1)))
        _, both = fuse([Said(names, prior, rows[needless]), other])
        doubtful = rows[needless].max(1) < SURE
        assert (np.abs(both - alone)[doubtful] <= 1 - SURE + 1e-3).all()


def test_without_a_picture_head_no_picture_is_looked_at_for_a_sure_text():
    text = TextHead(SHIPPED)
    names = text.sheet.themes
    judge = Classifier(text, None, Shape(dict.fromkeys(names, ()), {}, frozenset(names)))
    assert judge._needless(np.full((1, len(names)), 1 / len(names))).all()
