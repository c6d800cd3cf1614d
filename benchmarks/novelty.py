"""New themes: some themes of a table of texts, or of folders of pictures, are hidden; how many come back as cards?

    benchmarks/novelty.py --csv PATH/TO/theme_texts.csv [--draws 10] [--hidden 5] [--vectors CACHE.npy]
    benchmarks/novelty.py --images PATH/TO/minifigs

Each draw trains the text head (or, of pictures, the picture head) anew on three fifths of the known themes' rows, with
the words of those themes alone. A part of the rest says from where on a creation is strange; all others, and all rows
of hidden themes, are searched as the weekly task does it. The peer is k-means on the frozen vectors of the hidden
rows, which is told how many themes there are. Rows are printed as they come.
"""

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from _common import Row, parser, report, say
from numpy.typing import NDArray
from PIL import Image
from rich.progress import track
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score

from engagement.novelty.finding import CARDS, Window, judged
from engagement.novelty.measuring import Score, agreement, scored
from engagement.novelty.strange import FALSE_ALARMS, energy, strangeness, threshold
from engagement.themes import fit_pictures
from engagement.themes.fit_text import fit
from engagement.themes.ground import made
from engagement.themes.lexicon import ThemeWords, shipped
from engagement.themes.measures import thresholds
from engagement.themes.picture_head import logits as picture_logits
from engagement.themes.picture_head import seen
from engagement.themes.text_head import Inputs, softmax

LEARNED, CALIBRATED = 0.6, 0.33  # of the known rows; of what is left of them
RISK = "0.05"
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Data:
    """`texts` ("" for pictures), `vectors` (n, dim), the theme of each; `views` (n, views, dim) of pictures."""

    texts: list[str]
    vectors: NDArray[np.float32]
    theme: NDArray[np.object_]
    views: NDArray[np.float32] | None = None


def main() -> None:
    asked = parser(__doc__)
    asked.add_argument("--csv", type=Path)
    asked.add_argument("--images", type=Path)
    asked.add_argument("--models", type=Path, default=Path("var/models"))
    asked.add_argument("--draws", type=int, default=10)
    asked.add_argument("--hidden", type=int, help="themes (default 5 of texts, 1 of pictures)")
    asked.add_argument("--vectors", type=Path, help="where the texts' vectors are kept between runs")
    options = asked.parse_args()
    if not options.csv and not options.images:
        say("--csv or --images says what to measure with; nothing was measured")
        return
    data = _texts(options) if options.csv else _pictures(options)
    names = sorted(set(data.theme.tolist()))
    draws = 2 if options.quick else options.draws
    hidden = list(_draws(names, options.hidden or (5 if options.csv else 1), draws))
    rows = [measured(data, names, one, seed) for seed, one in enumerate(hidden)]
    none = [measured(data, names, (), 100 + n) for n in range(1 if options.quick else 3)]
    report("novelty", summary(rows, none, options))


def _draws(names: list[str], k: int, draws: int) -> Iterator[tuple[str, ...]]:
    if k == 1:
        yield from ((names[n % len(names)],) for n in range(draws))  # each in turn, on other rows each time
        return
    for seed in range(draws):
        yield tuple(names[i] for i in np.random.default_rng(seed).permutation(len(names))[:k])


def measured(data: Data, names: list[str], hidden: tuple[str, ...], seed: int) -> dict[str, Any]:
    """One draw: what came back, and k-means beside it."""
    started = time.perf_counter()
    known = [name for name in names if name not in hidden]
    y = np.array([known.index(slug) if slug in known else -1 for slug in data.theme])
    rng = np.random.default_rng(seed + 1000)
    train = np.flatnonzero((y >= 0) & (rng.random(len(y)) < LEARNED))
    pool = np.setdiff1d(np.arange(len(y)), train)
    logit = _head(data, known, y, train, pool)
    p = softmax(logit)
    is_known = np.flatnonzero(y[pool] >= 0)
    kept = is_known[np.random.default_rng(seed).random(len(is_known)) < CALIBRATED]
    sure = thresholds(p[kept].max(1), p[kept].argmax(1) == y[pool[kept]])[RISK]
    rest = np.setdiff1d(np.arange(len(pool)), kept)
    at = pool[rest]
    window = Window(
        [data.texts[i] for i in at],
        data.vectors[at],
        known,
        p[rest],
        sure,
        threshold(strangeness(p[kept]), FALSE_ALARMS),
    )
    alone = strangeness(window.p)
    ground = made(data.vectors[train], y[train], data.vectors[pool[kept]], p[kept].max(1))
    window = judged(window, ground, both=data.views is None)
    away = ground.scores(window.vectors)[0]
    score = scored(window, [str(slug) for slug in data.theme[at]], hidden, CARDS)
    new = y[at] < 0
    strange = window.is_strange
    found: dict[str, Any] = {"hidden": hidden, "score": score, "alarms": float(strange[~new].mean())}
    if hidden:
        means = KMeans(len(hidden), n_init=4, random_state=0).fit_predict(data.vectors[y < 0])
        truth = np.array([names.index(slug) for slug in data.theme[y < 0]])
        odd = window.odd if window.odd is not None else alone
        found |= {
            "means": agreement(truth, means),
            "caught": float(strange[new].mean()),
            "auc": [
                float(roc_auc_score(new, np.maximum(one, -1e9))) for one in (odd, alone, energy(logit[rest]), away)
            ],
        }
    told = f"accuracy {score.accuracy:.3f}, merged {score.merged:.3f}, NMI {score.nmi:.3f}, ARI {score.ari:.3f}"
    took = time.perf_counter() - started
    say(f"hidden {', '.join(hidden) or 'none'}: {len(score.back)} back in {score.cards} cards ({score.pure} pure, "
        f"{score.false} false); {told}; {took:.0f} s")  # fmt: skip
    return found


def _head(data: Data, known: list[str], y: Rows, train: Rows, pool: Rows) -> NDArray[np.float64]:
    """Logits (pool, known) of a head of the product's own kind."""
    if data.views is not None:
        cut = fit_pictures.Data(data.views[train], y[train], np.zeros(len(train), int), train)
        return np.asarray(picture_logits(fit_pictures.fit(cut, len(known)), data.views[pool]))
    by_slug = {words.slug: words for words in shipped()}
    inputs = Inputs(data.texts, data.vectors, [by_slug.get(slug, ThemeWords(slug, slug)) for slug in known])
    head = fit(inputs, y, len(known), train)
    return np.asarray(inputs.matrix(head.table, pool) @ head.weight + head.bias)


def summary(rows: list[dict[str, Any]], none: list[dict[str, Any]], options: Any) -> list[Row]:
    scores: list[Score] = [row["score"] for row in rows]
    kind = "pictures" if options.images else "texts"

    def mean(values: list[float]) -> float:
        return float(np.mean(values))

    def row(case: str, ours: float, peer: float | None = None, name: str = "") -> Row:
        return Row(f"{kind}: {case}", ours, peer, name or None, "")

    means = [mean([one["means"][n] for one in rows]) for n in range(3)]
    k_means = "k-means on frozen vectors"
    auc = [mean([one["auc"][n] for one in rows]) for n in range(4)]
    return [
        row("themes back as a pure card", mean([len(one.back) for one in scores])),
        row("pure cards", mean([one.pure for one in scores])),
        row("cards", mean([one.cards for one in scores])),
        row("false cards", mean([one.false for one in scores])),
        row("false cards, none hidden", mean([one["score"].false for one in none])),
        row("most false cards, none hidden", max(one["score"].false for one in none)),
        row("accuracy of new themes", mean([one.accuracy for one in scores]), means[0], k_means),
        row("accuracy, cards merged by a person", mean([one.merged for one in scores])),
        # Of one theme every partition agrees with itself.
        *(
            []
            if all(len(one["hidden"]) == 1 for one in rows)
            else [
                row("ARI", mean([one.ari for one in scores]), means[1], k_means),
                row("NMI", mean([one.nmi for one in scores]), means[2], k_means),
            ]
        ),
        row("false alarms", mean([one["alarms"] for one in rows]), FALSE_ALARMS, "as set"),
        row("new ones found strange", mean([one["caught"] for one in rows])),
        row("AUC of what is strange", auc[0], auc[1], "probability alone"),
        row("AUC of the probability", auc[1], auc[2], "energy"),
        row("AUC of the distance", auc[3], auc[1], "probability alone"),
    ]


def _texts(options: Any) -> Data:
    from featurestore.encoders.text import load

    with options.csv.open(newline="", encoding="utf-8-sig") as file:
        rows = [(row["text"], row["theme"]) for row in csv.DictReader(file)]
    texts = [text for text, _ in rows]
    if options.vectors and options.vectors.is_file():
        vectors = np.load(options.vectors)
    else:
        encoder = load(options.models)
        vectors = np.concatenate([encoder.encode([text]) for text in track(texts, "encoding")])
        if options.vectors:
            np.save(options.vectors, vectors)
    return Data(texts, vectors, np.array([theme for _, theme in rows], object))


def _pictures(options: Any) -> Data:
    from featurestore.encoders.image import load

    encoder = load(options.models)
    paths = sorted(path for path in options.images.glob("*/*") if path.is_file())
    views = []
    for path in track(paths, "encoding"):
        with Image.open(path) as picture:
            views.append(seen(encoder, [picture.convert("RGB")])[0])
    stack = np.stack(views)
    return Data([""] * len(paths), stack[:, 0], np.array([path.parent.name for path in paths], object), stack)


if __name__ == "__main__":
    main()
