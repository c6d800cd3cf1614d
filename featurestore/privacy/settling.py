"""Gives features a new id and a new place when nothing may lead to them any more.

A database keeps rows in the order in which they came (SQLite's rowid, PostgreSQL's heap), and numbers labels in the
order of the decisions; laid beside a list of submissions with their times, that order is a link that no destroyed key
can cut. So whole days are written anew, in an order of random numbers, under ids that no old backup knows, with no day
or market but what they are told here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction

from featurestore.store.base import FeatureStore, NewLabel, Page

K = 20  # a day and market that fewer features than this have in common are merged with others


@dataclass(frozen=True)
class Move:
    """What a feature becomes: its new id, and the market ("" for any) and day that it may still say."""

    old: UUID
    new: UUID
    market: str
    day: date


def settle(store: FeatureStore, moves: Sequence[Move]) -> int:
    """Write these features and their labels anew, in this order; forget the old ones. Returns how many were there.

    Where the store is a database this is one transaction. Elsewhere a crash may leave both; the same moves again end
    what began, since ids are given from outside.
    """
    with transaction.atomic():
        there = {row.id: row for row in store.get([move.old for move in moves])}
        said: dict[UUID, list[NewLabel]] = defaultdict(list)
        for label in store.said(list(there)):
            said[label.feature].append(label)  # oldest first, and so they stay
        moves = [move for move in moves if move.old in there]
        features = [replace(there[move.old], id=move.new, market=move.market, day=move.day) for move in moves]
        labels = [replace(label, feature=move.new, day=move.day) for move in moves for label in said[move.old]]
        store.keep(Page(features, labels, ""))
        store.forget(list(there))
    return len(there)
