"""What makes no difference stays as it was: nothing that was played speaks for another value."""

from __future__ import annotations

from collections.abc import Sequence

from ..client import Client
from ..files import FileError
from .borrowing import lenders, value_of
from .parameters import Parameter
from .playing import Stage
from .search import Found
from .space import Point, Space

FEW = 4
"""Seeds after which a value that makes a difference, or is surely worse, needs no more of them."""


def before(space: Space, against: Client | None) -> list[float | None]:
    """Of each value what it was: what the file says that it is now, else what the client compared with has there; None
    where that is nothing, or out of the range."""
    others = [None if against is None else value_of(space, i, against) for i in range(len(space.parameters))]
    return [
        _within(each, other if each.now is None else each.now)
        for each, other in zip(space.parameters, others, strict=True)
    ]


def usual(space: Space, stage: Stage) -> list[float | None]:
    """Of each value what the likeliest of shipped clients has there."""
    clients = lenders(stage.scenarios, None)
    found = []
    for i, parameter in enumerate(space.parameters):
        values = (_within(parameter, value_of(space, i, each)) for each in clients)
        found.append(next((value for value in values if value is not None), None))
    return found


def unmoved(
    space: Space, stage: Stage, found: Found, best: Point, wanted: Sequence[float | None], seeds: Sequence[int]
) -> Point:
    """The best with each of the values that are wanted, as far as it comes to exactly the same under every seed."""
    for which, value in enumerate(wanted):
        if value is None or value == best[which]:
            continue
        point = (*best[:which], value, *best[which + 1 :])
        if _is_the_same(space, stage, point, best, seeds):
            found.losses[point] = stage.known(repr(point), seeds)
            best = point
    return best


def _is_the_same(space: Space, stage: Stage, point: Point, best: Point, seeds: Sequence[int]) -> bool:
    try:
        client = space.client(point)
    except FileError:  # it makes no sense beside the others
        return False
    return all(
        stage.losses([(repr(point), client, some)]) == [stage.known(repr(best), some)] for some in (seeds[:FEW], seeds)
    )


def _within(parameter: Parameter, value: float | None) -> float | None:
    return value if value is not None and parameter.low <= value <= parameter.high else None
