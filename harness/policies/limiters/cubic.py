"""CUBIC: back to the rate that was too much quickly, around it slowly, beyond it ever faster. As AWS' SDKs pace."""

from __future__ import annotations

from math import floor, inf
from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Rate, Share

from .base import Limiter, Pace

SCALE = 0.4
"""How quickly it grows: the constant of the algorithm."""
SLOT = 0.5
"""Seconds over which what is sent is measured."""
SMOOTHING = 0.8
"""The weight of the last slot in the measured rate."""
ABOVE = 2.0
"""No rate is set higher than so many times what was really sent."""


class Cubic(Limiter):
    """Lets everything through until the service first throttles. From then on the rate is `beta` of what was sent when
    it last did, and grows along a cubic curve that is flat where it was too much. It is never below `least`."""

    name: ClassVar[str] = "cubic"
    example: ClassVar[dict[str, Any]] = {"kind": "cubic", "beta": "70%"}
    beta: Annotated[Share, Field(gt=0, lt=1)] = 0.7
    least: Annotated[Rate, Field(gt=0)] = 0.5

    def open(self) -> Pace:
        return _Pace(self)


class _Pace(Pace):
    def __init__(self, limiter: Cubic) -> None:
        super().__init__(inf, 1.0)
        self._limiter = limiter
        self._curve: Curve | None = None
        self._sent = Measured()

    def succeeded(self, now: float) -> None:
        measured = self._sent.count(now)
        if self._curve is not None:
            self._set(min(self._curve.at(now), ABOVE * measured), now)

    def throttled(self, now: float) -> None:
        measured = self._sent.count(now)
        at = measured if self._curve is None else min(measured, self.rate)
        self._curve = Curve(at, now, self._limiter.beta)
        self._set(at * self._limiter.beta, now)

    def _set(self, rate: float, now: float) -> None:
        self._fill(now)
        self.rate = max(self._limiter.least, rate)
        self._burst = max(1.0, self.rate)  # a second's worth may be saved up


class Curve:
    """The rate at a time after it was too high at `most`."""

    def __init__(self, most: float, began: float, beta: float) -> None:
        self._most = most
        self._began = began
        self._back = (most * (1.0 - beta) / SCALE) ** (1.0 / 3.0)

    def at(self, now: float) -> float:
        return float(SCALE * (now - self._began - self._back) ** 3 + self._most)


class Measured:
    """The rate at which answers come, smoothed over slots of time."""

    def __init__(self) -> None:
        self._slot: int | None = None
        self._count = 0
        self._rate = 0.0

    def count(self, now: float) -> float:
        """One more; the rate."""
        slot = floor(now / SLOT)
        self._count += 1
        if self._slot is None:
            self._slot = slot
        elif slot > self._slot:
            rate = self._count / ((slot - self._slot) * SLOT)
            self._rate = SMOOTHING * rate + (1.0 - SMOOTHING) * self._rate
            self._count, self._slot = 0, slot
        return self._rate
