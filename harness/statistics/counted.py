"""Intervals of what is counted: a rate of events, and a share of few cases."""

from __future__ import annotations

import math
from statistics import NormalDist

from brownout.fakes.incomplete_gamma import inverse

from .summary import Interval


def rate(events: int, over: float, level: float = 0.95) -> Interval:
    """Events in a unit of `over`, with the exact interval of a Poisson rate (Garwood, 1936). Raises `ValueError` for no
    time at all."""
    if not over > 0.0:
        raise ValueError("a rate needs some time")
    tail = (1.0 - level) / 2
    z = NormalDist().inv_cdf(tail)
    low = inverse(float(events), tail, z) / over if events else 0.0
    return Interval(events / over, low, inverse(events + 1.0, 1.0 - tail, -z) / over)


def share(of_them: int, cases: int, level: float = 0.95) -> Interval:
    """A share of independent cases, with Wilson's interval (1927), which is right for few of them and at both ends.
    Raises `ValueError` without any."""
    if cases < 1:
        raise ValueError("a share needs cases")
    z = NormalDist().inv_cdf((1.0 + level) / 2)
    p, square = of_them / cases, z * z / cases
    middle = (p + square / 2) / (1.0 + square)
    half = z * math.sqrt(p * (1.0 - p) / cases + square / (4 * cases)) / (1.0 + square)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))
