"""The cumulative sum of what is above the usual: the quickest to see a shift of a known size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from ...monitoring.tick import Tick
from ..promql import Query, Recording, level_of, number, previous, query
from ..rule import Rule, scaled
from ..standard import Chart, Standard, recorded

CAP = 2.0
"""Times the limit: how far a sum grows, so that the end of long trouble is seen, too."""


class Cusum(Chart, Rule):
    """Fires while the sum of what each point has above the usual, less `allowance`, is above `limit`; it never falls
    below 0 (Page, 1954; one-sided). All in usual standard deviations of a point. It is quickest for a shift of twice
    the allowance. With independent normal points, allowance 0.5 and limit 5 it cries wolf once in 930 points, and sees
    a shift of one standard deviation after 10."""

    kind: Literal["cusum"] = "cusum"
    allowance: Annotated[float, Field(ge=0, description="what is let pass, in standard deviations")] = 0.5
    limit: Annotated[float, Field(gt=0, description="in standard deviations")] = 8.0
    example: ClassVar[Mapping[str, Any]] = {"kind": "cusum", "of": "seconds_per_token", "limit": 8}

    def detector(self, step: float) -> Sum:
        return Sum(self, step)

    def query(self, name: str) -> Query:
        total = f"{name}:cusum"
        before = previous(total, self.every)
        grown = f"clamp({before} + {name}:standard - {number(self.allowance)}, 0, {number(CAP * self.limit)})"
        level = Recording(level_of(name), f"{total} / {number(self.limit)}")
        points = recorded(name, self.of, self.every, self.usual)
        return query(name, (*points, Recording(total, f"{grown} or {before}"), level), self.every)

    def harder(self, times: float) -> Self:
        return self.model_copy(update={"limit": scaled(self.limit, times)})


class Sum:
    """The chart at work."""

    def __init__(self, rule: Cusum, step: float) -> None:
        self._allowance, self._limit = rule.allowance, rule.limit
        self._points = Standard(rule.of, rule.every, rule.usual, step)
        self._sum = 0.0
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        point = self._points.add(tick)
        if point is not None:
            self._sum = min(CAP * self._limit, max(0.0, self._sum + point - self._allowance))
            self.level = self._sum / self._limit
        return self.level is not None and self.level > 1.0
