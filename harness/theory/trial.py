"""Plays a model, and says of each of its figures whether the simulator comes to what theory knows.

Runs under different seeds are independent, and each gives one mean; Student's interval of those is the simulator's
figure. One interval of 95% in twenty leaves out the truth, and there are more than twenty: a figure does not hold where
the interval that all of them together hold in 95% of cases (Bonferroni) leaves out theory's. A figure that is not known
to 2% holds nothing: its interval is too wide to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from ..drivers.sim.run import run
from ..statistics import Interval
from ..statistics.student import student
from .model import Figure, Model, models
from .seen import Seen

PRECISION = 0.02
"""Half of an interval of 95%, as a share of the value, that a figure has to be known to."""
LEVEL = 0.95
NONE = 0.001
"""A difference of less than this share of the value is none: runs have an end, and theory has not."""
Verdict: TypeAlias = Literal["holds", "does not hold", "too few calls to tell"]


@dataclass(frozen=True, slots=True)
class Held:
    """A figure as theory has it, and as runs had it, one value each."""

    model: Model
    figure: Figure
    values: tuple[float, ...]

    @property
    def interval(self) -> Interval:
        return student(self.values, LEVEL)

    def verdict(self, precision: float = PRECISION) -> Verdict:
        """Whether the simulator comes to theory's figure."""
        theory, off = self.figure.theory, NONE * abs(self.figure.theory)
        joint = student(self.values, 1.0 - (1.0 - LEVEL) / figures())
        if not _low(joint) - off <= theory <= _high(joint) + off:
            return "does not hold"
        interval = self.interval
        is_known = _high(interval) - _low(interval) <= 2.0 * precision * abs(theory)
        return "holds" if is_known else "too few calls to tell"


def trial(model: Model, share: float = 1.0) -> list[Held]:
    """Play it, with so large a share of its traffic."""
    scenario, client = model.world(share), model.contestant()
    values: list[list[float]] = []
    for seed in range(1, model.runs + 1):
        seen = Seen(run(scenario, client, seed), model.warm_up, scenario.horizon - model.cool_down)
        values.append([figure.of(seen) for figure in model.figures])
    return [Held(model, figure, each) for figure, each in zip(model.figures, zip(*values, strict=True), strict=True)]


@cache
def figures() -> int:
    """How many there are, of all models."""
    return sum(len(model.figures) for model in models().values())


def _low(interval: Interval) -> float:
    assert interval.low is not None
    return interval.low


def _high(interval: Interval) -> float:
    assert interval.high is not None
    return interval.high
