"""Token buckets with continuous refill: one that is charged at once, and one that drains while answers are made."""

from __future__ import annotations

from math import floor, inf
from typing import NamedTuple

_ROUNDING = 1e-9
"""Of a bucket's limit: what may be missing for the rounding of times."""


class Quota(NamedTuple):
    """What the service tells of one quota."""

    name: str
    limit: float
    remaining: float
    seconds_to_full: float


class Bucket:
    """A token bucket: `limit` tokens at most, refilled evenly at `rate` per second."""

    __slots__ = ("_at", "_level", "_slack", "limit", "rate")

    def __init__(self, rate: float, over: float) -> None:
        self.rate = rate
        limit = max(1.0, rate * over)
        self._slack = _ROUNDING * limit
        whole = float(round(limit))
        self.limit = whole if abs(limit - whole) <= self._slack else limit  # 400k/min over a minute are 400k
        self._level = self.limit
        self._at = 0.0

    def level(self, now: float) -> float:
        """What is in the bucket."""
        return min(self.limit, self._level + (now - self._at) * self.rate)

    def wait(self, now: float, count: float = 1.0) -> float:
        """The seconds until that many are there if nobody takes any before: 0 when they are, infinite when they never
        will be. Nothing makes it shorter, so that whoever comes earlier comes in vain."""
        missing = count - self.level(now)
        if missing <= self._slack:
            return 0.0
        return missing / self.rate if count <= self.limit + self._slack else inf

    def charge(self, now: float, count: float = 1.0) -> None:
        """Take that many, which are there."""
        self._level, self._at = max(0.0, self.level(now) - count), now

    def take(self, now: float, count: float = 1.0) -> float:
        """Take `count` and return 0, or take nothing and return the seconds until that many will be there."""
        seconds = self.wait(now, count)
        if seconds == 0.0:
            self.charge(now, count)
        return seconds

    def quota(self, name: str, now: float) -> Quota:
        """Its state, for the headers: whole tokens that remain can be had."""
        level = self.level(now)
        return Quota(name, self.limit, max(0.0, level, floor(level + self._slack)), (self.limit - level) / self.rate)

    def refusal(self, of: str) -> str:
        """What the service says to a request that is not let in."""
        limit = f"{number(self.rate * 60)} {of} per minute"
        return f"This request would exceed the rate limit for your organization of {limit}."


class Drain(Bucket):
    """A bucket that drains while answers are made, so below empty too: the level is a line, bent where one begins or
    ends, and no token of them is looked at."""

    __slots__ = ("_flow", "_flows")

    def __init__(self, rate: float, over: float) -> None:
        super().__init__(rate, over)
        self._flow, self._flows = 0.0, 0

    def level(self, now: float) -> float:
        return min(self.limit, self._level + (now - self._at) * (self.rate - self._flow))

    def charge(self, now: float, count: float = 1.0) -> None:
        """Whoever is let in has one token there, and is charged as the answer flows."""

    def begin(self, now: float, flow: float, flown: float = 0.0) -> None:
        """From now on that many tokens a second leave besides; `flown` have left already."""
        self._level, self._at = self.level(now) - flown, now
        self._flow += flow
        self._flows += 1

    def end(self, now: float, flow: float, more: float) -> None:
        """They leave no more. Of them `more` are still to be charged: less than none if too many were."""
        self._level, self._at = min(self.limit, self.level(now) - more), now
        self._flows -= 1
        self._flow = self._flow - flow if self._flows else 0.0  # nothing is left of rounding


def number(count: float) -> str:
    """As the service writes a limit."""
    return f"{count:,.0f}" if count >= 1 else f"{count:.2g}"
