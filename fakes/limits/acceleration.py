"""Acceleration limits: usage may grow from one minute to the next, but not in a leap.

An assumption, as the service publishes no figures. What it does say is in its 429: "maximum usage increase rate",
"your current limit is 58,276 input tokens per minute, and will increase to 68,276 at the next minute boundary". So the
limit here is that of a minute of the clock, and follows from what was used in the minute before.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ..units import Rate
from .bucket import number

_MINUTE = 60.0
_ROUNDING = 1e-9


class Acceleration(BaseModel):
    """How fast usage may grow: a minute may use `growth` times what the one before has; beyond that comes a 429, with
    the seconds to the next minute as `retry-after`. An assumption: the service publishes no figures, and only its
    message says that the limit rises at the next minute boundary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: Annotated[Rate | None, Field(gt=0, description="what any minute may use; no limit")] = None
    input_tokens: Annotated[Rate | None, Field(gt=0, description="the same for prompts; no limit")] = None
    growth: Annotated[float, Field(gt=1, description="how many times the minute before it may use")] = 2.0


class Ramp:
    """What may be used in this minute."""

    __slots__ = ("_growth", "_limit", "_minute", "_start", "_used")

    def __init__(self, rate: float, growth: float) -> None:
        self._start = max(1.0, rate * _MINUTE)
        self._growth = growth
        self._minute, self._used, self._limit = 0, 0.0, self._start

    def _turn(self, now: float) -> None:
        """Begin the minute that it is."""
        minute = int((now + _ROUNDING) // _MINUTE)
        if minute > self._minute:
            self._limit = self._next if minute == self._minute + 1 else self._start
            self._minute, self._used = minute, 0.0

    @property
    def _next(self) -> float:
        """The limit of the minute that follows, as far as this one has come."""
        return max(self._start, self._growth * self._used)

    def wait(self, now: float, count: float = 1.0) -> float:
        """The seconds until the next minute, or 0 when there is room in this one."""
        self._turn(now)
        if self._used + count <= self._limit * (1.0 + _ROUNDING):
            return 0.0
        return (self._minute + 1) * _MINUTE - now

    def charge(self, now: float, count: float = 1.0) -> None:
        """So many are let in."""
        self._turn(now)
        self._used += count

    def refusal(self, of: str) -> str:
        """What the service says to a request that is not let in."""
        what = "usage" if of == "requests" else f"{of} usage"
        return (
            f"This request would exceed your organization's maximum usage increase rate for {of} per minute. Your "
            f"current limit is {number(self._limit)} {of} per minute, and will increase to {number(self._next)} at the "
            f"next minute boundary. Please scale up your {what} more gradually to stay within the acceleration limit."
        )
