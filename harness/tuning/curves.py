"""What one value does to everything, all others being at their best: the way there, and how flat it is around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from ..client import Client
from ..files import FileError
from ..part import Estimate
from ..recommended import Curve, Step
from ..scoring.estimates import estimate, stated
from ..scoring.rows import most
from ..statistics.bootstrap import bca
from .parameters import Parameter
from .playing import Stage
from .racing import is_worse, mean
from .search import Found
from .space import Point, Space
from .unmoved import FEW, before, unmoved, usual

STEPS = 7
"""Values of a curve, from one end of the range to the other."""
AROUND = (0.5, 0.8, 1.25, 2.0)
"""Times the best, of what is counted in factors: people ask what half of it would do, and twice, and
where it begins to matter."""
MOST_COUNTS = 10
"""Whole numbers that are all shown."""
ROUNDS = 4
"""Times that a curve may show something better than the best, which is then the best."""


NEGLIGIBLE = 0.01
"""Of the loss: by less than that nothing is worse that anybody would mind, however sure it is."""


class _At(NamedTuple):
    """One value of a curve."""

    value: float
    point: Point
    seeds: Sequence[int]
    """Under which it was played for the curve."""

    @property
    def key(self) -> str:
        """Of the stage."""
        return repr(self.point)


def settled(
    space: Space, stage: Stage, found: Found, seeds: Sequence[int], against: Client | None = None
) -> tuple[Point, list[Curve]]:
    """The best, and a curve for each value that was left open; what they show to be better is the best from then on.
    What makes no difference is what it was, else what is usual. Plays what was not played yet."""
    was = before(space, against)
    wanted = [each if each is not None else other for each, other in zip(was, usual(space, stage), strict=True)]
    best = found.best(len(seeds))
    for left in reversed(range(ROUNDS + 1)):
        best = unmoved(space, stage, found, best, wanted, seeds)
        tried = [_tried(space, stage, best, which, seeds) for which in range(len(space.parameters))]
        whole = [at for curve in tried for at in curve if at.seeds == seeds]
        found.losses.update((at.point, stage.known(at.key, seeds)) for at in whole)
        better = found.best(len(seeds))
        gained = mean(found.losses[best]) - mean(found.losses[better])
        if not left or gained <= NEGLIGIBLE / 10 * abs(mean(found.losses[best])):
            break
        best = better
    parameters = zip(space.parameters, tried, was, strict=True)
    return best, [_curve(stage, parameter, each, best, seeds, there) for parameter, each, there in parameters]


def _tried(space: Space, stage: Stage, best: Point, which: int, seeds: Sequence[int]) -> list[_At]:
    """Every value of a curve that makes a client, each played under as many seeds as it takes to tell."""
    losses = stage.known(repr(best), seeds)
    clients: dict[Point, Client] = {}
    for value in _values(space.parameters[which], best[which]):
        point = (*best[:which], value, *best[which + 1 :])
        with suppress(FileError):  # it makes no sense beside the others
            clients[point] = space.client(point)
    few = stage.losses([(repr(point), client, seeds[:FEW]) for point, client in clients.items()])
    under = {point: seeds[:FEW] if _matters(seen, losses) else seeds for point, seen in zip(clients, few, strict=True)}
    stage.losses([(repr(point), client, under[point]) for point, client in clients.items()])
    return [_At(point[which], point, seeds) for point, seeds in under.items()]


def _curve(
    stage: Stage, parameter: Parameter, tried: Sequence[_At], best: Point, seeds: Sequence[int], was: float | None
) -> Curve:
    losses, metrics = stage.known(repr(best), seeds), stage.metrics(repr(best), seeds)
    steps = []
    for at in tried:
        seen, measured = stage.known(at.key, at.seeds), stage.metrics(at.key, at.seeds)
        steps.append(
            Step(
                value=parameter.written(at.value),
                position=min(1.0, max(0.0, parameter.share_of(at.value))),
                loss=stated(bca(_level(seen, losses))),
                metrics={name: _figure(name, values, metrics.get(name, values)) for name, values in measured.items()},
                is_worse=_matters(seen, losses),
                is_best=at.point == best,
            )
        )
    is_ordered = parameter.kind != "choice"
    low, high = _flat(steps, is_ordered=is_ordered)
    return Curve(
        name=parameter.name,
        is_ordered=is_ordered,
        low=low,
        high=high,
        was=None if was is None else parameter.written(was),
        steps=steps,
    )


def _figure(name: str, few: Sequence[float], best: Sequence[float]) -> Estimate:
    """A metric on that level, within what is possible for it."""
    limit = most(name)
    return estimate([min(limit, max(0.0, value)) for value in _level(few, best)], limit)


def _matters(losses: Sequence[float], best: Sequence[float]) -> bool:
    """Whether they are surely worse, and by enough to be minded."""
    there = best[: len(losses)]
    return is_worse(losses, there) and mean(losses) - mean(there) > NEGLIGIBLE * abs(mean(there))


def _level(few: Sequence[float], best: Sequence[float]) -> list[float]:
    """Values under the first seeds, on the level that they would have under all: as much is added as the best has more
    there. So curves are smooth where the first worlds were kinder than the others."""
    if len(few) == len(best) or not all(map(math.isfinite, best)):
        return list(few)
    return [each + mean(best) - mean(best[: len(few)]) for each in few]


def _values(parameter: Parameter, best: float) -> list[float]:
    if parameter.kind == "choice":
        return [float(i) for i in range(len(parameter.choices))]
    if parameter.kind == "count" and parameter.high - parameter.low < MOST_COUNTS:
        return [parameter.low + i for i in range(round(parameter.high - parameter.low) + 1)]
    grid = [parameter.at_share(i / (STEPS - 1)) for i in range(STEPS)]
    around = [parameter.rounded(best * times) for times in AROUND] if parameter.is_log else []
    return sorted({*grid, *around, best})


def _flat(steps: Sequence[Step], *, is_ordered: bool) -> tuple[str, str]:
    """The least and the largest value around the best that nothing speaks against."""
    at = next(i for i, step in enumerate(steps) if step.is_best)
    low = high = at
    while is_ordered and low > 0 and not steps[low - 1].is_worse:
        low -= 1
    while is_ordered and high + 1 < len(steps) and not steps[high + 1].is_worse:
        high += 1
    return steps[low].value, steps[high].value
