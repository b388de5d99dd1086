"""Student's t: the interval of a mean of nearly normal figures, and the points it is made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist, fmean, stdev

from .summary import Interval

_EXACT_TO = 100
"""Degrees of freedom from which the expansion is right to eight digits, and the finite sum becomes long."""


def student(values: Sequence[float], level: float = 0.95) -> Interval:
    """The mean of one figure a run, with Student's interval over runs (Student, 1908), in the unit of the figure.

    A run's figure is itself a mean over hundreds of calls, so it is nearly normal. Differences between clients are to
    be given per seed (paired): both met the same world. Raises `ValueError` without values, or with one not finite.
    """
    if not len(values) or not all(map(math.isfinite, values)):
        raise ValueError("an interval needs finite values")
    mean = fmean(values)
    if len(values) < 3:
        return Interval(mean, None, None)
    half = t_point(len(values) - 1, level) * stdev(values) / math.sqrt(len(values))
    return Interval(mean, mean - half, mean + half)


@lru_cache(maxsize=4096)
def t_point(degrees: int, level: float = 0.95) -> float:
    """The t that holds the share `level` of Student's distribution between -t and t; the 97.5% point for 0.95.

    To 100 degrees of freedom by bisection of the exact distribution, from there on by expansion about the normal
    point (Abramowitz and Stegun, 1964, 26.7.5). Raises `ValueError` for no degrees, or a level not within (0, 1).
    """
    if degrees < 1 or not 0.0 < level < 1.0:
        raise ValueError(f"no point of Student's t holds {level} with {degrees} degrees of freedom")
    return _bisected(degrees, level) if degrees <= _EXACT_TO else _expanded(degrees, level)


def _bisected(degrees: int, level: float) -> float:
    # The angle is bounded where t is not, so that there is no end to be looked for first.
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _within(middle, degrees) < level:
            low = middle
        else:
            high = middle
    return math.sqrt(degrees) * math.tan((low + high) / 2)


def _within(angle: float, degrees: int) -> float:
    """P(|T| <= sqrt(degrees) tan(angle)), a finite sum (Abramowitz and Stegun, 1964, 26.7.3 and 26.7.4)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = degrees % 2
    term, total = (cosine, 0.0) if is_odd else (1.0, 0.0)
    for k in range(is_odd, degrees - 1, 2):
        total += term
        term *= cosine * cosine * (k + 1) / (k + 2)
    return (angle + sine * total) * 2 / math.pi if is_odd else sine * total


def _expanded(degrees: int, level: float) -> float:
    z, n = NormalDist().inv_cdf((1.0 + level) / 2), float(degrees)
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4)
    )
