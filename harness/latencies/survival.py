"""The share of calls that were still going on after so long, where some were given up before they ended.

Who leaves out what timed out, or takes the timeout for its latency, finds a tail that is too short: nothing beyond the
timeout was ever seen. Kaplan and Meier's estimator takes a call that was given up for what it is, one that took longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from ..statistics.pooled import values_needed


class Seen(NamedTuple):
    """One call: seconds, and whether it ended by itself; else it was given up then."""

    seconds: float
    is_whole: bool = True


class TooFewData(ValueError):
    """A quantile of which so many calls say nothing; the message says how many would."""


@dataclass(frozen=True)
class Survival:
    """A step function: at each of `times`, where calls ended, the share that took longer; `errors` are Greenwood's, of
    log(-log(share))."""

    times: tuple[float, ...]
    shares: tuple[float, ...]
    errors: tuple[float, ...]
    calls: int

    def after(self, seconds: float) -> float:
        """The share that takes longer."""
        share = 1.0
        for time, left in zip(self.times, self.shares, strict=True):
            if time > seconds:
                break
            share = left
        return share

    def quantile(self, q: float, level: float = 0.95) -> tuple[float, float, float]:
        """Seconds that the share `q` of calls does not exceed, and its interval; infinite where the calls that were
        given up leave it open. Raises `TooFewData`."""
        needed = values_needed(q, level)
        if self.calls < needed:
            raise TooFewData(f"too few data: p{q * 100:g} needs at least {needed} calls, there are {self.calls}")
        z = NormalDist().inv_cdf(0.5 + level / 2)
        return self._at(1.0 - q, 0.0), self._at(1.0 - q, z), self._at(1.0 - q, -z)

    def _at(self, share: float, z: float) -> float:
        """The first time at which the share, moved by z errors, is down to that."""
        for time, left, error in zip(self.times, self.shares, self.errors, strict=True):
            if _moved(left, z * error) <= share + 1e-12:
                return time
        return math.inf


def survival(calls: Sequence[Seen]) -> Survival:
    """Kaplan and Meier (1958). Raises `ValueError` without a call that ended."""
    ordered = sorted(calls, key=lambda call: (call.seconds, not call.is_whole))
    left, share, total = len(ordered), 1.0, 0.0
    times: list[float] = []
    shares: list[float] = []
    errors: list[float] = []
    at = 0
    while at < len(ordered):
        time = ordered[at].seconds
        here = ordered[at : at + _equal(ordered, at)]
        ended = sum(call.is_whole for call in here)
        if ended:
            share *= 1.0 - ended / left
            total += ended / (left * (left - ended)) if left > ended else math.inf
            times.append(time)
            shares.append(share)
            errors.append(math.sqrt(total) / abs(math.log(share)) if 0.0 < share < 1.0 else 0.0)
        left -= len(here)
        at += len(here)
    if not times:
        raise ValueError("no call ended by itself")
    return Survival(tuple(times), tuple(shares), tuple(errors), len(ordered))


def _equal(ordered: Sequence[Seen], at: int) -> int:
    count = 1
    while at + count < len(ordered) and ordered[at + count].seconds == ordered[at].seconds:
        count += 1
    return count


def _moved(share: float, error: float) -> float:
    """On the scale of log(-log), on which the interval stays within 0 and 1."""
    if not 0.0 < share < 1.0 or not math.isfinite(error):
        return share
    return math.exp(-math.exp(math.log(-math.log(share)) + error))
