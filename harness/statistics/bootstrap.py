"""The bootstrap interval of a mean over runs, bias-corrected and accelerated: it leans as the figures do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from .resampling import expanded_z, multiplicities
from .student import student
from .summary import Interval

FEWEST = 6
"""Of fewer runs all differences have one sign in over 5% of cases by chance alone, and no resample has the other."""

_NORMAL = NormalDist()
_ROUNDING = 1e-12
"""Spread below this share of the figures themselves is what floating point left over."""
_TIE = 1e-9


def bca(values: Sequence[float], level: float = 0.95) -> Interval:
    """The mean of one figure a run with its BCa interval (Efron, 1987; DiCiccio and Efron, 1996), in the same unit.

    Acceleration is by jackknife; percentiles are expanded for few runs (Hesterberg, 2015); and neither bound is nearer
    than Student's. BCa alone takes one storm among ten runs for skewness and moves its near bound past the truth: two
    clients alike but for rare storms were told apart in 9% to 21% of trials at 6 to 30 runs, with this in 2%.

    Differences between clients are to be given per seed (paired). The order of runs is irrelevant; the interval moves,
    stretches and turns around with the figures. Fewer than six runs have Student's interval, fewer than three none;
    equal figures have their mean for both bounds. Raises `ValueError` without values, with one not finite, or for a
    level not within (0, 1).
    """
    plain = student(values, level)
    if plain.low is None or plain.high is None or len(values) < FEWEST:
        return plain
    # Sorted, the same figures meet the same resamples in whatever order the runs came.
    ordered = np.sort(np.asarray(values, dtype=float))
    mean = plain.mean
    deviations = ordered - mean
    scale = float(np.abs(deviations).max())
    if scale <= _ROUNDING * float(np.abs(ordered).max()):
        return Interval(mean, mean, mean)
    low, high = _bounds(deviations / scale, expanded_z(len(ordered), level))
    return Interval(mean, min(plain.low, mean + scale * low), max(plain.high, mean + scale * high))


def _bounds(deviations: npt.NDArray[np.float64], z: float) -> tuple[float, float]:
    """The bounds of a mean that is 0, reaching out `z` deviations were it not for bias and acceleration."""
    runs = len(deviations)
    means = multiplicities(runs) @ deviations / runs
    # Half of the ties lie below: otherwise figures that take few values would seem biased.
    below = float(np.mean(means < -_TIE) + np.mean(means <= _TIE)) / 2
    bias = _NORMAL.inv_cdf(below)
    # Leaving a run out moves the mean against its deviation, so that the jackknife needs no loop.
    acceleration = float((deviations**3).sum() / (6.0 * (deviations**2).sum() ** 1.5))
    low, high = np.quantile(means, [_share(bias - z, bias, acceleration), _share(bias + z, bias, acceleration)])
    return float(low), float(high)


def _share(z: float, bias: float, acceleration: float) -> float:
    """The share of resamples below a bound. Past the pole of the correction nothing is left beyond the bound."""
    damping = 1.0 - acceleration * z
    return _NORMAL.cdf(bias + z / damping) if damping > 0.0 else float(math.copysign(1.0, z) > 0.0)
