"""Calls at random, at a rate that does not change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from brownout.fakes.draws import Draws, call_label
from brownout.fakes.units import Rate

from .base import Arrivals, Crowd, Schedule


class Poisson(Arrivals):
    """Calls come at random, whether earlier ones were answered or not. `rate` is that of all clients together."""

    kind: Literal["poisson"] = "poisson"
    rate: Annotated[Rate, Field(gt=0)]
    example: ClassVar[Mapping[str, Any]] = {"kind": "poisson", "rate": "20/s"}

    def schedule(self, crowd: Crowd) -> Schedule:
        return _AtRandom(crowd.clients / self.rate, Draws(crowd.seed, "arrivals"))

    def mean_rate(self, clients: int, horizon: float) -> float:
        return self.rate

    def sampled(self, share: float) -> Self:
        return self.model_copy(update={"rate": self.rate * share})


class _AtRandom(Schedule):
    """Exponential gaps of one mean, drawn by client and call."""

    def __init__(self, mean: float, gaps: Draws) -> None:
        self._mean, self._uniform = mean, gaps.uniform

    def following(self, client: int, call: int, since: float) -> float:
        return since - math.log1p(-self._uniform(call_label(client, call + 1))) * self._mean
