"""What theory says where the durations are known: when to ask again, and in how many tries. Pure functions."""

from __future__ import annotations

import math
from typing import NamedTuple

from ..latencies.survival import Survival

HEDGED = 0.95
"""Of the requests that end at all, so many do before a second one is sent: a twentieth more load."""
SLACK = 1.05
"""A limit is set so much above the durations that it lets pass: what is rounded off cuts nobody short."""


class Split(NamedTuple):
    """A deadline in equal parts."""

    limit: float
    """Seconds for each try."""
    tries: int


def restart_after(survival: Survival, wait: float) -> float:
    """Seconds after which to give up and ask again, `wait` seconds later, so that an answer comes soonest in the mean:
    where (the integral of S from 0 to tau + wait * S(tau)) / (1 - S(tau)) is least (van Moorsel and Wolter, 2006).

    Between two durations that were seen it only grows, so that the least is at one of them.
    """
    area, at, share = 0.0, 0.0, 1.0
    least, best = math.inf, at
    for time, left in zip(survival.times, survival.shares, strict=True):
        area += share * (time - at)
        at, share = time, left
        loss = (area + wait * left) / (1.0 - left)
        if loss < least:
            least, best = loss, time
    return SLACK * best


def hedge_after(survival: Survival) -> float:
    """Seconds after which a request is one of the slow, or hangs."""
    hangs = survival.shares[-1]
    slow = hangs + (1.0 - HEDGED) * (1.0 - hangs)
    return next(
        time for time, left in zip(survival.times, survival.shares, strict=True) if left <= slow or left == hangs
    )


def split(survival: Survival, deadline: float, wait: float, most: int) -> Split:
    """Into how many tries, at most `most`, with `wait` seconds between them, so that it is least likely that all fail:
    of a hang the many are safer, of a long answer the few."""
    found = [Split((deadline - (tries - 1) * wait) / tries, tries) for tries in range(1, most + 1)]
    there = [each for each in found if each.limit > 0.0]
    return min(there, key=lambda each: survival.after(each.limit) ** each.tries)
