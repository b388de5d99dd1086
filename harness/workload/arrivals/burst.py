"""Calls in bursts: quiet and busy spells of random length, at a rate each."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brownout.fakes.draws import Draws
from brownout.fakes.units import Duration, Rate

from ..inhomogeneous import Inhomogeneous
from .base import Arrivals, Crowd, Schedule

_SHORTEST = 0.1
"""Seconds that a spell lasts on average at the least: shorter ones nobody could tell from a steady mixture."""


class Burst(Arrivals):
    """Calls come at random, at a low and at a high rate by turns: a Markov-modulated Poisson process of two states.
    Spells are the same for all clients, of exponential length, and differ from seed to seed."""

    kind: Literal["burst"] = "burst"
    quiet: Annotated[Rate, Field(description="of all clients together, in quiet spells")]
    busy: Annotated[Rate, Field(gt=0, description="and in busy ones")]
    quiet_for: Annotated[Duration, Field(ge=_SHORTEST, description="how long a quiet spell lasts on average")]
    busy_for: Annotated[Duration, Field(ge=_SHORTEST, description="and a busy one")]
    example: ClassVar[Mapping[str, Any]] = {
        **{"kind": "burst", "quiet": "5/s", "busy": "50/s"},
        **{"quiet_for": "60s", "busy_for": "10s"},
    }

    @model_validator(mode="after")
    def _ordered(self) -> Burst:
        if self.busy < self.quiet:
            raise ValueError("busy must not be below quiet")
        return self

    def schedule(self, crowd: Crowd) -> Schedule:
        return Inhomogeneous(Spells(self, crowd.seed), crowd)

    def mean_rate(self, clients: int, horizon: float) -> float:
        total = self.quiet_for + self.busy_for
        return (self.quiet * self.quiet_for + self.busy * self.busy_for) / total

    def sampled(self, share: float) -> Self:
        return self.model_copy(update={"quiet": self.quiet * share, "busy": self.busy * share})


class Spells:
    """The spells of one seed, drawn as far as somebody asks."""

    def __init__(self, burst: Burst, seed: int) -> None:
        self._burst = burst
        self._uniform = Draws(seed, "spells").uniform
        # A spell under way has as long to go as a fresh one lasts, on average: exponential lengths have no memory. So
        # it is enough to begin in either state as often as it is met.
        self._is_busy = self._uniform(0) < burst.busy_for / (burst.quiet_for + burst.busy_for)
        self._begins, self._before, self._rates = [0.0], [0.0], [self._rate()]
        self._last = 0.0
        """When the last spell that was drawn ends."""
        self._last = self._length()

    def _rate(self) -> float:
        return self._burst.busy if self._is_busy else self._burst.quiet

    def _length(self) -> float:
        mean = self._burst.busy_for if self._is_busy else self._burst.quiet_for
        return -mean * math.log1p(-self._uniform(len(self._begins)))

    def _draw(self) -> None:
        at = self._last
        self._before.append(self._before[-1] + (at - self._begins[-1]) * self._rates[-1])
        self._begins.append(at)
        self._is_busy = not self._is_busy
        self._rates.append(self._rate())
        self._last = at + self._length()

    def expected(self, until: float) -> float:
        while until > self._last:
            self._draw()
        i = bisect_right(self._begins, until) - 1
        return self._before[i] + (until - self._begins[i]) * self._rates[i]

    def when(self, expected: float) -> float:
        while expected > self._before[-1] + (self._last - self._begins[-1]) * self._rates[-1]:
            self._draw()
        i = max(0, bisect_left(self._before, expected) - 1)  # in a spell without calls no number of them is reached
        left = expected - self._before[i]
        return self._begins[i] + (left / self._rates[i] if left else 0.0)
