"""Calls at a rate that rises and falls, day by day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from brownout.fakes.units import Duration, Rate, Share

from ..inhomogeneous import Inhomogeneous
from .base import Arrivals, Crowd, Schedule

_CLOSE = 1e-14
"""Of the time itself: floats are hardly finer."""
_MOST_STEPS = 100


class Diurnal(Arrivals):
    """Calls come at random, at a rate that rises and falls along a sine wave around its mean, as with the hours of a
    day. `rate` is that of all clients together, on average over a period."""

    kind: Literal["diurnal"] = "diurnal"
    rate: Annotated[Rate, Field(gt=0)]
    amplitude: Annotated[Share, Field(description="how far it goes above and below its mean")] = 0.8
    period: Annotated[Duration, Field(gt=0)] = 86_400.0
    peak: Annotated[Duration, Field(description="when it is highest, from the beginning of a period")] = 0.0
    example: ClassVar[Mapping[str, Any]] = {
        "kind": "diurnal",
        **{"rate": "10/s", "amplitude": "60%", "period": "24m", "peak": "14m"},
    }

    def schedule(self, crowd: Crowd) -> Schedule:
        return Inhomogeneous(Wave(self), crowd)

    def mean_rate(self, clients: int, horizon: float) -> float:
        return Wave(self).expected(horizon) / horizon

    def sampled(self, share: float) -> Self:
        return self.model_copy(update={"rate": self.rate * share})


class Wave:
    """rate x (1 + amplitude x cos(2 pi (t - peak) / period)), by its integral."""

    def __init__(self, of: Diurnal) -> None:
        self._rate, self._amplitude = of.rate, of.amplitude
        self._turn, self._peak = math.tau / of.period, of.peak
        self._swing = of.amplitude / self._turn
        self._at_start = math.sin(-self._peak * self._turn)

    def expected(self, until: float) -> float:
        wave = math.sin((until - self._peak) * self._turn) - self._at_start
        return self._rate * (until + self._swing * wave)

    def when(self, expected: float) -> float:
        """By Newton's method, kept between two brackets: the wave moves it no further from where it would be at a
        steady rate."""
        at, most = expected / self._rate, 2.0 * self._swing
        low, high = max(0.0, at - most), at + most
        for _ in range(_MOST_STEPS):
            miss = self.expected(at) - expected
            low, high = (low, at) if miss > 0.0 else (at, high)
            slope = self._rate * (1.0 + self._amplitude * math.cos((at - self._peak) * self._turn))
            closer = at - miss / slope if slope > 0.0 else low
            closer = closer if low < closer < high else 0.5 * (low + high)
            if abs(closer - at) <= _CLOSE * (1.0 + at):
                return closer
            at = closer
        return at
