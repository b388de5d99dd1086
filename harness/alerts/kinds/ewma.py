"""The exponentially weighted moving average against its usual spread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from ...monitoring.tick import Tick
from ..promql import Query, Recording, level_of, number, previous, query
from ..rule import Rule, scaled
from ..standard import Chart, Standard, recorded


class Ewma(Chart, Rule):
    """Fires while the moving average of the points, in units of their usual standard deviation, is above `limit` times
    its own: the chart of Roberts (1959). A small `weight` finds small lasting changes, a large one sudden ones. With
    independent normal points, weight 0.1 and limit 2.8 it cries wolf once in some 930 points, and sees a shift of one
    standard deviation after 10."""

    kind: Literal["ewma"] = "ewma"
    weight: Annotated[float, Field(gt=0, le=1, description="of the newest point")] = 0.1
    limit: Annotated[float, Field(gt=0, description="in standard deviations of the average")] = 3.5
    is_scaled: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"kind": "ewma", "of": "latency", "weight": 0.1, "limit": 4}

    def detector(self, step: float) -> Average:
        return Average(self, step)

    @property
    def bound(self) -> float:
        """Of the average of standardized points."""
        return self.limit * math.sqrt(self.weight / (2.0 - self.weight))

    def query(self, name: str) -> Query:
        mean, weight = f"{name}:ewma", number(self.weight)
        before = previous(mean, self.every)
        step = Recording(mean, f"{weight} * {name}:standard + (1 - {weight}) * {before} or {before}")
        level = Recording(level_of(name), f"{mean} / {number(self.bound)}")
        return query(name, (*recorded(name, self.of, self.every, self.usual), step, level), self.every)

    def harder(self, times: float) -> Self:
        return self.model_copy(update={"limit": scaled(self.limit, times)})


class Average:
    """The chart at work."""

    def __init__(self, rule: Ewma, step: float) -> None:
        self._weight, self._bound = rule.weight, rule.bound
        self._points = Standard(rule.of, rule.every, rule.usual, step)
        self._mean = 0.0
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        point = self._points.add(tick)
        if point is not None:
            self._mean += self._weight * (point - self._mean)
            self.level = self._mean / self._bound
        return self.level is not None and self.level > 1.0
