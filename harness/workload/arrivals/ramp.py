"""Calls at a rate that grows, or falls, along a straight line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brownout.fakes.units import Duration, Rate

from ..inhomogeneous import Inhomogeneous
from .base import Arrivals, Crowd, Schedule


class Ramp(Arrivals):
    """Calls come at random, and the rate of all clients together goes along a straight line from one to another, where
    it stays: a launch, a backlog that is let in slowly, a load test that looks for the limit."""

    kind: Literal["ramp"] = "ramp"
    start: Annotated[Rate, Field(alias="from")]
    end: Annotated[Rate, Field(alias="to")]
    over: Annotated[Duration | None, Field(gt=0, description="not given: until the end of the timeline")] = None
    after: Annotated[Duration, Field(description="how long it stays at `from` before")] = 0.0
    example: ClassVar[Mapping[str, Any]] = {"kind": "ramp", "from": "1/s", "to": "20/s", "over": "2m"}

    @model_validator(mode="after")
    def _calls_at_all(self) -> Ramp:
        if self.start == self.end == 0.0:
            raise ValueError("from and to are both 0: nobody would ever call")
        return self

    def schedule(self, crowd: Crowd) -> Schedule:
        return Inhomogeneous(self._line(crowd.horizon), crowd)

    def _line(self, horizon: float) -> Line:
        over = max(0.0, horizon - self.after) if self.over is None else self.over
        return Line(self.start, self.end, self.after, over)

    def mean_rate(self, clients: int, horizon: float) -> float:
        return self._line(horizon).expected(horizon) / horizon

    def sampled(self, share: float) -> Self:
        return self.model_copy(update={"start": self.start * share, "end": self.end * share})


class Line:
    """A rate that is level, goes along a straight line for `over` seconds, and is level again."""

    def __init__(self, start: float, end: float, after: float, over: float) -> None:
        self._start, self._end, self._after, self._over = start, end, after, over
        self._before = start * after
        self._within = 0.5 * (start + end) * over
        self._slope = (end - start) / over if over else 0.0

    def expected(self, until: float) -> float:
        if until <= self._after:
            return self._start * until
        within = min(until - self._after, self._over)
        beyond = until - self._after - within
        return self._before + (self._start + 0.5 * self._slope * within) * within + self._end * beyond

    def when(self, expected: float) -> float:
        if expected < self._before:
            return expected / self._start
        left = expected - self._before
        if left < self._within:
            # Of the two ways to write the root of the quadratic this one loses no digits, and divides by no slope of 0.
            root = math.sqrt(max(0.0, self._start**2 + 2.0 * self._slope * left))
            return self._after + (2.0 * left / (self._start + root) if left else 0.0)
        beyond = left - self._within
        return self._after + self._over + (beyond / self._end if self._end else math.inf if beyond else 0.0)
