"""Goodput and its price: the candidates that no other beats in both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..recommended import Candidate
from .playing import Stage
from .racing import mean
from .search import Found
from .space import Point, Space

UP, DOWN = "goodput", "cost_per_good_call"
FEW = 2
"""Seeds by which those are chosen that are played to the end."""
MOST = 8
"""Of them: whoever is beaten under a few seeds may be on the front by a hair, and nobody would miss it."""


class Worth(NamedTuple):
    """What a candidate is worth."""

    goodput: float
    cost: float
    point: Point


def front(space: Space, stage: Stage, found: Found, best: Point, seeds: Sequence[int]) -> list[Candidate]:
    """The cheapest first, by all seeds. Plays to their end those of the search that left early for another goal."""
    tried = [point for point, losses in found.losses.items() if len(losses) >= min(FEW, len(seeds))]
    promising = undominated(_worth(stage, tried, seeds[:FEW]))
    chosen = [each.point for each in promising[:: math.ceil(len(promising) / MOST) or 1]]
    stage.losses([(repr(point), space.client(point), seeds) for point in chosen])
    whole = [point for point in {*tried, best} if stage.has_met(repr(point), seeds)]
    return [
        Candidate(
            values=space.described(each.point),
            metrics=stage.estimates(repr(each.point), seeds),
            is_best=each.point == best,
        )
        for each in undominated(_worth(stage, sorted(whole), seeds))
    ]


def _worth(stage: Stage, points: Iterable[Point], seeds: Sequence[int]) -> list[Worth]:
    """Of those that have a price: where no call was good there is none."""
    found = []
    for point in points:
        metrics = stage.metrics(repr(point), seeds)
        if UP in metrics and DOWN in metrics and math.isfinite(mean(metrics[DOWN])):
            found.append(Worth(mean(metrics[UP]), mean(metrics[DOWN]), point))
    return found


def undominated(found: Iterable[Worth]) -> list[Worth]:
    """The cheapest first: each costs more than the one before, and has more goodput for it."""
    front: list[Worth] = []
    for each in sorted(found, key=lambda one: (one.cost, -one.goodput, one.point)):
        if not front or each.goodput > front[-1].goodput:
            front.append(each)
    return front
