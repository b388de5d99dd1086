"""Additive increase, multiplicative decrease: as TCP finds its share of a line."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration, Rate, Share

from .base import Limiter, Pace


class Aimd(Limiter):
    """Begins at `rate`. Each answer adds `increase` / rate, so that a second of them adds `increase`; a throttled one
    takes the rate to `decrease` of it, at most once in `hold`, as what was sent before says nothing new. It stays
    between `least` and `most`."""

    name: ClassVar[str] = "aimd"
    example: ClassVar[dict[str, Any]] = {"kind": "aimd", "rate": "10/s", "increase": "1/s", "decrease": "50%"}
    rate: Annotated[Rate, Field(gt=0)]
    burst: Annotated[float, Field(ge=1)] = 1.0
    increase: Annotated[Rate, Field(gt=0)] = 1.0
    decrease: Annotated[Share, Field(gt=0, lt=1)] = 0.5
    hold: Annotated[Duration, Field(ge=0)] = 1.0
    least: Annotated[Rate, Field(gt=0)] = 0.1
    most: Annotated[Rate, Field(gt=0)] = 1000.0

    def open(self) -> Pace:
        return _Pace(self)


class _Pace(Pace):
    def __init__(self, limiter: Aimd) -> None:
        super().__init__(limiter.rate, limiter.burst)
        self._limiter = limiter
        self._decreased: float | None = None

    def succeeded(self, now: float) -> None:
        self._fill(now)
        self.rate = min(self._limiter.most, self.rate + self._limiter.increase / self.rate)

    def throttled(self, now: float) -> None:
        if self._decreased is not None and now - self._decreased < self._limiter.hold:
            return
        self._fill(now)
        self._decreased = now
        self.rate = max(self._limiter.least, self.rate * self._limiter.decrease)
