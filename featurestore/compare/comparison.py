"""Champion against challenger: everything that the page shows, from pairs, in one call."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from featurestore.compare import curves, eprocess, weighting
from featurestore.compare.bootstrap import bca, can_tell
from featurestore.compare.cost import Costs
from featurestore.compare.counting import Counts, Ints, count
from featurestore.compare.estimate import Estimate, Floats, of_draws
from featurestore.compare.mcnemar import McNemar, mcnemar
from featurestore.compare.measures import MEASURES, Measured, measure
from featurestore.compare.needed import Needed, needed
from featurestore.compare.noninferiority import NonInferiority, noninferiority
from featurestore.compare.pairs import Pairs
from featurestore.compare.slices import Slice, slices
from featurestore.compare.table import Confusion, PairedTable, confusion, paired_table
from featurestore.compare.verdict import Verdict, verdict
from featurestore.compare.weighting import StratumCount

MARGIN = 0.001  # of uploads: one more mistake in 1,000 that nobody minds
ALPHA = 0.05
BCA, DRAWN = "BCa bootstrap", "draws with Jeffreys' half count"


@dataclass(frozen=True)
class Comparison:
    """a is the champion, b the challenger. `estimates` by the names in MEASURES; `strata`: where labels came from;
    `blind` (2, 2): uploads by (a's hit, b's hit) of which nobody saw one; `lacking` (2, 2): share of labels still to
    come. `a_curve` and `b_curve` are None without labels of both kinds. `needed` is None when it is known already or
    cannot be foreseen."""

    names: tuple[str, str]
    costs: Costs
    alpha: float
    margin: float
    uploads: int
    labelled: int
    days: int
    verdict: Verdict
    table: PairedTable
    a_confusion: Confusion
    b_confusion: Confusion
    mcnemar: McNemar
    evidence: eprocess.Path
    noninferiority: NonInferiority
    estimates: Mapping[str, Measured]
    a_curve: curves.Curve | None
    b_curve: curves.Curve | None
    a_calibration: curves.Calibration
    b_calibration: curves.Calibration
    shift: curves.Shift
    slices: list[Slice]
    needed: Needed | None
    strata: list[StratumCount]
    blind: Ints
    lacking: Floats


def compare(
    pairs: Pairs,
    costs: Costs | None = None,
    *,
    margin: float = MARGIN,
    alpha: float = ALPHA,
    names: tuple[str, str] = ("the champion", "the challenger"),
    finds: str = "finds",
    seed: int = 0,
) -> Comparison:
    """The same pairs, costs and seed give the same figures. Raises ValueError when there are no pairs."""
    return of_counts(count(pairs), costs, margin=margin, alpha=alpha, names=names, finds=finds, seed=seed)


def of_counts(
    counts: Counts,
    costs: Costs | None = None,
    *,
    margin: float = MARGIN,
    alpha: float = ALPHA,
    names: tuple[str, str] = ("the champion", "the challenger"),
    finds: str = "finds",
    seed: int = 0,
) -> Comparison:
    """The same from counts: changed costs need no second look at the rows."""
    costs = costs or Costs()
    cells, chance = counts.cells, counts.chance
    totals = weighting.totals(cells, chance)
    draws = weighting.draw_totals(cells, chance, seed=seed)
    measured = estimates(cells, chance, costs, alpha, seed)
    right = measured["right"].difference
    evidence = eprocess.path(counts, alpha)
    bound = noninferiority(cells, chance, Estimate(*(end / 1000 for end in right)), margin, alpha)
    by_slice = slices(counts, margin, alpha)
    forecast = needed(counts, margin, alpha)
    blind = weighting.blind(cells)
    leaning = weighting.leaning(cells, chance)
    points = [_point(measured, model) for model in (0, 1)]
    return Comparison(
        names=names,
        costs=costs,
        alpha=alpha,
        margin=margin,
        uploads=counts.total,
        labelled=counts.labelled,
        days=len(counts.days),
        verdict=verdict(evidence, bound, measured, by_slice, forecast, int(blind.sum()), leaning, names, finds),
        table=paired_table(cells, totals, draws, alpha),
        a_confusion=confusion(totals, draws, 0, alpha),
        b_confusion=confusion(totals, draws, 1, alpha),
        mcnemar=_mcnemar(cells, chance),
        evidence=evidence,
        noninferiority=bound,
        estimates=measured,
        a_curve=curves.curve(counts.a_scores, chance, points[0]),
        b_curve=curves.curve(counts.b_scores, chance, points[1]),
        a_calibration=curves.calibration(counts.a_scores, chance, alpha),
        b_calibration=curves.calibration(counts.b_scores, chance, alpha),
        shift=curves.shift(counts),
        slices=by_slice,
        needed=forecast,
        strata=weighting.strata_counts(counts),
        blind=blind,
        lacking=weighting.lacking(cells, chance),
    )


def estimates(cells: Ints, chance: Floats, costs: Costs, alpha: float = ALPHA, seed: int = 0) -> dict[str, Measured]:
    """Every measure of both and of their difference, weighted to all uploads; BCa where the labels allow it."""
    shape, flat = cells.shape, cells.reshape(-1)

    def statistic(counts: Ints) -> Floats:
        found = measure(weighting.totals(counts.reshape(*counts.shape[:-1], *shape), chance), costs)
        return found.reshape(*counts.shape[:-1], -1)

    if can_tell(cells):
        made, method = bca(flat, statistic, alpha, seed=seed), BCA
    else:
        drawn = measure(weighting.draw_totals(cells, chance, seed=seed), costs)
        made, method = of_draws(statistic(flat), drawn.reshape(len(drawn), -1), alpha), DRAWN
    return {
        one.name: Measured(one, made[3 * n], made[3 * n + 1], made[3 * n + 2], method) for n, one in enumerate(MEASURES)
    }


def _mcnemar(cells: Ints, chance: Floats) -> McNemar:
    only_a, only_b = eprocess.discordant(cells)
    chances = np.unique(chance[eprocess.disagreements(cells) > 0])
    return mcnemar(int(only_a.sum()), int(only_b.sum()), fair=len(chances) <= 1)


def _point(measured: Mapping[str, Measured], model: int) -> curves.Operating:
    rates = [(measured[name].a, measured[name].b)[model].value for name in ("false_reject", "recall", "precision")]
    return curves.operating(*rates)
