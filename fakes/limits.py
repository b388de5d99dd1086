"""Quotas as the service keeps them: token buckets with continuous refill. No clock: the time is an argument."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from .units import Duration, Rate


class Limits(BaseModel):
    """The organisation's quotas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: Annotated[Rate | None, Field(gt=0, description="requests per time; not given: no limit")] = None
    burst_over: Annotated[Duration, Field(gt=0, description="the bucket holds what comes in over this time")] = 60.0


class Quota(NamedTuple):
    """What the service tells of one quota."""

    name: str
    limit: float
    remaining: float
    seconds_to_full: float


class Bucket:
    """A token bucket: `limit` tokens at most, refilled evenly at `rate` per second."""

    __slots__ = ("_at", "_level", "limit", "rate")

    def __init__(self, rate: float, over: float) -> None:
        self.rate = rate
        self.limit = max(1.0, rate * over)
        self._level = self.limit
        self._at = 0.0

    def level(self, now: float) -> float:
        """What is in the bucket."""
        return min(self.limit, self._level + (now - self._at) * self.rate)

    def take(self, now: float, count: float = 1.0) -> float:
        """Take `count` and return 0, or take nothing and return the seconds until that many will be there."""
        level = self.level(now)
        if level + 1e-9 < count:
            return (count - level) / self.rate
        self._level, self._at = max(0.0, level - count), now
        return 0.0

    def quota(self, name: str, now: float) -> Quota:
        """Its state, for the headers."""
        level = self.level(now)
        return Quota(name, self.limit, level, (self.limit - level) / self.rate)
