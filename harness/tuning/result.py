"""What a search has found, and why: the interval around the best loss, what it gains, and how flat the optimum is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..client import Client
from ..files import FileError
from ..results import Estimate
from ..scoring.estimates import paired, stated
from ..statistics.bootstrap import bca
from .playing import Stage
from .racing import best, is_worse
from .search import Found
from .space import Point, Space

STEPS = 7
"""Values of a curve, from one end of the range to the other."""


@dataclass(frozen=True)
class Step:
    """One value of a parameter, all others being at their best."""

    value: str
    loss: Estimate
    is_worse: bool
    """Surely so, at 90%, under the same seeds."""
    is_best: bool


@dataclass(frozen=True)
class Curve:
    """What a parameter does to the loss."""

    name: str
    steps: list[Step]

    @property
    def flat(self) -> tuple[str, str]:
        """The least and the largest value around the best that nothing speaks against."""
        at = next(i for i, step in enumerate(self.steps) if step.is_best)
        low = high = at
        while low > 0 and not self.steps[low - 1].is_worse:
            low -= 1
        while high + 1 < len(self.steps) and not self.steps[high + 1].is_worse:
            high += 1
        return self.steps[low].value, self.steps[high].value


@dataclass(frozen=True)
class Tuned:
    """The best point. Losses are in the unit of the goal's metric, turned round where more of it is better."""

    client: Client
    text: str
    """The client's file, with what was found in it."""
    point: Point
    values: dict[str, str]
    loss: Estimate
    gain: Estimate
    """How much less the loss is than that of `instead_of`, under the same seeds."""
    instead_of: str
    curves: list[Curve]
    candidates: int
    calls: int
    verified: tuple[float, float] | None = None
    """The loss under the first seed in the simulator, and of the real SDK in virtual time."""
    is_whole: bool = True
    """Whether the search came to its end."""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "values": self.values,
            "point": list(self.point),
            "loss": self.loss.model_dump(),
            "gain": self.gain.model_dump(),
            "instead_of": self.instead_of,
            "curves": [
                {"name": curve.name, "flat": list(curve.flat), "steps": [_plain(step) for step in curve.steps]}
                for curve in self.curves
            ],
            "candidates": self.candidates,
            "calls": self.calls,
            "verified": self.verified and list(self.verified),
            "is_whole": self.is_whole,
        }


def tuned(space: Space, stage: Stage, found: Found, seeds: int, current: Sequence[float] | None, called: str) -> Tuned:
    """Of a search that is over, or was interrupted. `current`: the losses of the client to be compared with, under the
    same seeds, which is `called` so; the middle of all ranges where there is none."""
    finalists = found.finalists(seeds)
    point = best(finalists)
    losses = finalists[point]
    if current is None:
        [current] = stage.losses([(repr(space.middle), space.client(space.middle), range(1, seeds + 1))])
    curves = [_curve(space, stage, point, i, losses) for i in range(len(space.parameters))]
    return Tuned(
        space.client(point),
        space.text(point),
        point,
        space.described(point),
        stated(bca(losses)),
        paired(current, losses),
        called,
        curves,
        len(found.losses),
        stage.calls,
    )


def _curve(space: Space, stage: Stage, point: Point, which: int, losses: Sequence[float]) -> Curve:
    parameter = space.parameters[which]
    if parameter.kind == "choice":
        values = [float(i) for i in range(len(parameter.choices))]
    else:
        values = [parameter.at_share(i / (STEPS - 1)) for i in range(STEPS)]
    steps = []
    for value in sorted({*values, point[which]}):
        there = (*point[:which], value, *point[which + 1 :])
        try:
            client = space.client(there)
        except FileError:  # it makes no sense beside the others
            continue
        [seen] = stage.losses([(repr(there), client, range(1, len(losses) + 1))])
        steps.append(Step(parameter.written(value), stated(bca(seen)), is_worse(seen, losses), there == point))
    return Curve(parameter.name, steps)


def _plain(step: Step) -> dict[str, Any]:
    return asdict(step) | {"loss": step.loss.model_dump()}
