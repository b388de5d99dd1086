"""How sure a figure is. The unit of replication is the run (one seed): requests within a run depend on each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

_Z = NormalDist().inv_cdf(0.975)
_T_FOR_FEW = (12.706, 4.303, 3.182, 2.776)
"""97.5% points of Student's t for 1 to 4 degrees of freedom, where the expansion below is too coarse."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over runs with its 95% interval; the bounds are None with fewer than three runs."""

    mean: float
    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


def student(values: list[float]) -> Interval:
    """The mean of one figure a run, with Student's interval over runs.

    A run's figure is itself a mean over hundreds of calls, so it is nearly normal. Differences between clients are to
    be given per seed (paired): both met the same world. Raises `ValueError` without values, or with one not finite.
    """
    if not values or not all(map(math.isfinite, values)):
        raise ValueError("an interval needs finite values")
    mean = fmean(values)
    if len(values) < 3:
        return Interval(mean, None, None)
    half = t_point(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Interval(mean, mean - half, mean + half)


def t_point(degrees: int) -> float:
    """The 97.5% point of Student's t (Abramowitz and Stegun, 26.7.5; within 0.02% from 5 degrees of freedom on)."""
    if degrees <= len(_T_FOR_FEW):
        return _T_FOR_FEW[degrees - 1]
    z, n = _Z, float(degrees)
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4)
    )


def median(values: list[float]) -> float:
    """The lower median: always one of the values, so that a few infinite ones do not spread."""
    return sorted(values)[(len(values) - 1) // 2]
