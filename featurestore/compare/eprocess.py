"""Evidence that may be looked at every day (Ville 1939; Ramdas, Grünwald, Vovk and Shafer 2023).

A bettor starts with 1 and bets on each pair that only one model was right on. If neither is better her capital is a
martingale that starts at 1, so the chance that it *ever* reaches 20 is at most 1 in 20, however often one looks and
whenever one stops. That is Ville's inequality, and the reason why this and not McNemar's p stands on the page.

She does not know how much better one might be, so she spreads her stake over all win rates p by a Beta density. With
equal chances that has a closed form, the beta-binomial. Half of her stake is on p > 1/2, whose capital is the evidence
for the challenger, and half on p < 1/2, for the champion; so both begin at 1/2, and false alarms of both kinds together
are at most 1 in 20.

A pair that was going to be seen with chance c bets w = c_ref / c of the stake, so that pairs that are seen more often
do not count more; under the null the bet is still fair. With the smallest chance as c_ref, a few pairs that are hardly
ever seen would make all bets tiny. So she divides her stake once more, over all chances of the plan as c_ref; pairs
with a smaller chance than that are counted against what she bets on, every one, seen or not: worse than they can be, so
the null still cannot be beaten.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaln, log_ndtr

from featurestore.compare.counting import NO, YES, Counts, Ints, weights
from featurestore.compare.estimate import Floats

SIDES = np.log(2)  # half of the stake is on each side
PRIOR = 5.0  # of the Beta: most at win rates of 0.3 to 0.7
BOLD = 1.0  # the same where stakes differ: most pairs then bet little, so larger bets are right more often
NODES = 1000  # win rates bet on where there is no closed form; any set of them is a fair mixture


@dataclass(frozen=True)
class Path:
    """By day (d,): `for_b`, `for_a` the evidence as log10 of the capital (1.3 is 20 to 1), with what is known
    of pairs up to that day; `only_a`, `only_b` such pairs in all up to then. `needed`: log10 of what is enough."""

    days: NDArray[np.datetime64]
    for_b: Floats
    for_a: Floats
    only_a: Ints
    only_b: Ints
    needed: float

    @property
    def b_since(self) -> np.datetime64 | None:
        """The first day on which the evidence for the challenger was enough."""
        return self._since(self.for_b)

    @property
    def a_since(self) -> np.datetime64 | None:
        return self._since(self.for_a)

    def _since(self, evidence: Floats) -> np.datetime64 | None:
        enough = np.flatnonzero(evidence >= self.needed)
        return self.days[enough[0]] if len(enough) else None


def path(counts: Counts, alpha: float = 0.05) -> Path:
    """Evidence day by day."""
    only_a, only_b = discordant(counts.by_day)
    only_a, only_b = only_a.cumsum(0), only_b.cumsum(0)
    rows = disagreements(counts.by_day).cumsum(0)
    return Path(
        counts.days,
        (capital(only_b, only_a, rows, counts.chance) - SIDES) / np.log(10),
        (capital(only_a, only_b, rows, counts.chance) - SIDES) / np.log(10),
        only_a.sum(-1),
        only_b.sum(-1),
        float(-np.log10(alpha)),
    )


def discordant(cells: Ints) -> tuple[Ints, Ints]:
    """(..., k, 3, 2, 2) -> labelled pairs that only a, and that only b was right on, each (..., k)."""
    only_a = cells[..., NO, 0, 1] + cells[..., YES, 1, 0]
    only_b = cells[..., NO, 1, 0] + cells[..., YES, 0, 1]
    return only_a, only_b


def disagreements(cells: Ints) -> Ints:
    """(..., k, 3, 2, 2) -> all pairs that the models disagree on, with a label or without, (..., k)."""
    return (cells[..., 0, 1] + cells[..., 1, 0]).sum(-1)


def references(rows: Ints | Floats, chance: Floats) -> Floats:
    """Chances that may be c_ref: those of the plan that are above 0 and have pairs the models disagree on."""
    has = rows.reshape(-1, len(chance)).sum(0) > 0
    return np.unique(chance[has & (chance > 0)])


def capital(wins: Ints | Floats, losses: Ints | Floats, rows: Ints | Floats, chance: Floats) -> Floats:
    """Natural log of what became of 1 that was staked on wins being more than losses: (..., k) each -> (...).

    `wins`, `losses` labelled pairs by chance, `rows` of them and of those without a label all. An e-process for the
    null that in all uploads wins are not more than losses.
    """
    found = []
    for least in references(rows, chance):
        seen = chance >= least
        stake = np.where(seen, least * weights(chance), 0.0)
        against = np.where(seen, 0, rows).sum(-1)
        own_wins, own_losses = np.where(seen, wins, 0), np.where(seen, losses, 0)
        if np.any(against):
            stake = np.append(stake, least)
            own_wins = np.concatenate([own_wins, np.zeros_like(against)[..., None]], -1)
            own_losses = np.concatenate([own_losses, against[..., None]], -1)
        stake = np.where(own_wins.reshape(-1, len(stake)).any(0) | own_losses.reshape(-1, len(stake)).any(0), stake, 0)
        found.append(evidence(own_wins, own_losses, stake))
    return np.logaddexp.reduce(found, 0) - np.log(len(found)) if found else np.zeros(np.shape(rows)[:-1])


def evidence(wins: Ints | Floats, losses: Ints | Floats, stake: Floats, prior: float | None = None) -> Floats:
    """Natural log of the capital of one who stakes 1 on wins being more than losses: (..., k) each -> (...).

    `stake` (k,) in [0, 1]. An e-process for the null that wins are not more than losses (weighted by the stakes).
    """
    wins, losses = np.asarray(wins, np.float64), np.asarray(losses, np.float64)
    if (stake[stake > 0] == 1).all():
        whole = stake > 0
        return beta_binomial(wins[..., whole].sum(-1), losses[..., whole].sum(-1), PRIOR if prior is None else prior)
    prior = BOLD if prior is None else prior
    bet = (np.arange(NODES) + 0.5) / NODES  # 2p - 1
    log_prior = (prior - 1) * (np.log1p(bet) + np.log1p(-bet))
    log_prior -= np.logaddexp.reduce(log_prior)
    grown = np.log1p(np.outer(stake, bet)), np.log1p(-np.outer(stake, bet))  # (k, nodes)
    return np.logaddexp.reduce(wins @ grown[0] + losses @ grown[1] + log_prior, axis=-1)


def beta_binomial(wins: Floats, losses: Floats, prior: float = PRIOR) -> Floats:
    """The same with every stake 1: 2^n B(w + q, l + q) / B(q, q), of the half above 1/2 only."""
    n = wins + losses
    share = betainc(losses + prior, wins + prior, 0.5)  # of the mixture's mass that lies above 1/2
    with np.errstate(divide="ignore"):
        upper = np.log(share)
    # Far below 1/2 the share underflows; there a normal tail is close enough, and the evidence is nil anyway.
    low = share < 1e-290
    spread = np.sqrt((wins + prior) * (losses + prior) / (n + 2 * prior) ** 2 / (n + 2 * prior + 1))
    centre = (wins + prior) / (n + 2 * prior)
    upper = np.where(low, log_ndtr((centre - 0.5) / spread), upper)
    return n * np.log(2) + betaln(wins + prior, losses + prior) - betaln(prior, prior) + upper + np.log(2)
