"""Figures of a classifier's answers: F1 by theme, calibration, and what is left when it may say nothing. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

RISKS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
BINS = 15
SURE = 0.9  # one-sided confidence with which a chosen risk is kept


def per_class(truth: Sequence[str], said: Sequence[str]) -> dict[str, dict[str, float]]:
    """theme -> precision, recall, f1, n. A theme that is not in the truth has no row; saying it costs precision of no
    theme, but recall of the one that it was."""
    t, s = np.asarray(truth, object), np.asarray(said, object)
    rows = {}
    for theme in sorted(set(truth)):
        right, of, answered = int(((t == theme) & (s == theme)).sum()), int((t == theme).sum()), int((s == theme).sum())
        rows[theme] = {
            "precision": right / answered if answered else 0.0,
            "recall": right / of,
            "f1": 2 * right / (of + answered),
            "n": of,
        }
    return rows


def calibration_error(p: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over equal bins: mean distance of what was promised to what came true."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    total = sum(abs(p[bins == b].mean() - right[bins == b].mean()) * (bins == b).sum() for b in set(bins.tolist()))
    return float(total / len(p)) if len(p) else 0.0


def error_by_chance(p: NDArray[np.floating], draws: int = 500) -> float:
    """The calibration error that these probabilities would show, on average, if every one of them were true.

    Of 200 answers in fifteen bins it is several points: a measured error is to be read beside it.
    """
    rng = np.random.default_rng(7)
    return round(float(np.mean([calibration_error(p, rng.random(len(p)) < p) for _ in range(draws)])), 4)


def after_abstaining(p: NDArray[np.floating], right: NDArray[np.bool_], share: float) -> float:
    """Share of right answers when the least sure `share` of them is not given."""
    kept = np.argsort(-p, kind="stable")[: max(1, round(len(p) * (1 - share)))]
    return float(right[kept].mean())


def thresholds(p: NDArray[np.floating], right: NDArray[np.bool_]) -> dict[str, float]:
    """risk -> the least threshold whose answers are wrong at most so often, with SURE confidence (Clopper-Pearson).

    Among thresholds down to which all stricter ones keep the risk too; 1.0 when even the surest answers do not.
    After Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", 2017, without its union bound.
    """
    order = np.argsort(-p, kind="stable")
    wrong = np.cumsum(~right[order])
    n = np.arange(1, len(p) + 1)
    upper = np.where(wrong >= n, 1.0, beta.ppf(SURE, wrong + 1, np.maximum(n - wrong, 1)))
    found = {}
    for risk in RISKS:
        good = upper <= risk
        last = int(np.flatnonzero(good)[-1]) if good.any() else -1
        found[f"{risk:.2f}"] = float(p[order[last]]) if last >= 0 else 1.0
    return found


def strangeness_of_unseen(p: NDArray[np.floating], steps: int = 199) -> list[float]:
    """Even quantiles of one minus the best probability, of rows that the head had not seen: what is beyond is new."""
    return [round(float(one), 5) for one in np.quantile(1 - p.max(1), np.arange(1, steps + 1) / (steps + 1))]


def summary(themes: Sequence[str], p: NDArray[np.floating], y: NDArray[np.intp]) -> dict[str, Any]:
    """The figures of a cross-validation: probabilities (n, themes) of rows whose theme's index is y."""
    said, top = p.argmax(1), p.max(1)
    right = said == y
    rows = per_class([themes[i] for i in y], [themes[i] for i in said])
    return {
        "n": len(y),
        "accuracy": round(float(right.mean()), 4),
        "macro_f1": round(float(np.mean([row["f1"] for row in rows.values()])), 4),
        "calibration_error": round(calibration_error(top, right), 4),
        "right_after_abstaining_5_percent": round(after_abstaining(top, right, 0.05), 4),
        "per_class": {theme: round(row["f1"], 3) for theme, row in rows.items()},
    }
