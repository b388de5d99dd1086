"""A quantile of all calls of all runs, and how sure it is: whole runs are resampled, as calls in a run are alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import stdev

import numpy as np
import numpy.typing as npt

from .empirical import Empirical
from .resampling import RESAMPLES, expanded_tail, multiplicities
from .student import t_point

_ROUNDING = 1e-9
"""As in `metrics.quantile`: 0.95 of 20 values are 19 of them, whatever floating point says."""


@dataclass(frozen=True, slots=True)
class QuantileInterval:
    """A quantile with its interval, in the unit of the values; each of the three may be infinite.

    An infinite bound on the far side of the quantile means that it is not bounded there. Both bounds are None with
    fewer than three runs.
    """

    value: float
    low: float | None
    high: float | None


def values_needed(q: float, level: float = 0.95) -> int:
    """How many independent values bound the quantile `q` on its far side at all (Wilks, 1941, for one-sided limits).

    That is how many it takes for the extreme one to lie beyond it with probability `level`: 299 for the p99, 2,995 for
    the p99.9. Raises `ValueError` for shares not within (0, 1).
    """
    if not 0.0 < q < 1.0 or not 0.0 < level < 1.0:
        raise ValueError(f"neither share may be 0 or 1: {q}, {level}")
    return math.ceil(math.log1p(-level) / math.log(max(q, 1.0 - q)))


def pooled_quantile(
    runs: Sequence[Empirical], q: float, level: float = 0.95, resamples: int = RESAMPLES
) -> QuantileInterval:
    """The quantile `q` of the values of all runs together, with an interval over runs.

    `runs` are of any lengths, `inf` allowed (a call that failed). The quantile is that of
    `metrics.quantile`: the smallest value that at least the share `q` does not exceed. The interval is by cluster
    bootstrap (Davison and Hinkley, 1997, 3.8), with percentiles expanded for few runs (Hesterberg, 2015), and neither
    bound is nearer than Woodruff's (1952): resamples of three runs cannot leave the quantiles of the three, which
    holds the truth in 75% of cases at best. It is infinite on the far side where all values together are fewer than
    `values_needed`; calls in a run are alike, so that figure is the least it takes. No interval knows of a storm that
    none of the runs met: one that visits every fifth run is missed by a quarter of all samples of six.

    Raises `ValueError` for shares not within (0, 1), and for a run without values.
    """
    least = values_needed(q, level)
    if not runs or not all(map(len, runs)):
        raise ValueError("a pooled quantile needs values in every run")
    pool = Empirical.pooled(runs)
    value = pool.at(_rank(q, len(pool)))
    if len(runs) < 3:
        return QuantileInterval(value, None, None)
    low, high = _resampled(runs, pool, q, expanded_tail(len(runs), level), resamples)
    by_share = _by_share(runs, pool, q, t_point(len(runs) - 1, level))
    low, high = min(low, by_share[0]), max(high, by_share[1])
    if len(pool) < least:
        low, high = (low, math.inf) if q >= 0.5 else (-math.inf, high)
    return QuantileInterval(value, low, high)


def _rank(q: float, values: int) -> int:
    return max(1, math.ceil(q * values - _ROUNDING))


def _resampled(
    runs: Sequence[Empirical], pool: Empirical, q: float, tail: float, resamples: int
) -> tuple[float, float]:
    """The quantiles `tail` and 1 - `tail` of what the quantile `q` is in each resample of runs."""
    weights = multiplicities(len(runs), resamples)
    ranks = np.maximum(1.0, np.ceil(q * (weights @ np.array([float(len(run)) for run in runs])) - _ROUNDING))
    # At a value that has the share q of every run below it every resample has, too: the quantile of any resample lies
    # between those of the runs.
    own = [run.at(_rank(q, len(run))) for run in runs]
    first, last = np.searchsorted(pool.values, min(own), "left"), np.searchsorted(pool.values, max(own), "left")
    candidates = pool.values[first : last + 1]

    def reached(value: float) -> float:
        """In what share of resamples the quantile is at most this value."""
        counts = np.array([float(run.at_most(value)) for run in runs])
        return float(np.mean(weights @ counts >= ranks))

    return _smallest(candidates, reached, tail), _smallest(candidates, reached, 1.0 - tail)


def _by_share(runs: Sequence[Empirical], pool: Empirical, q: float, t: float) -> tuple[float, float]:
    """The quantiles a little below and above `q`: by as much as the share below the quantile itself is unsure.

    Its standard error is that of a ratio over clusters (Woodruff, 1952, Confidence intervals for medians and other
    position measures). Past the last value there is no bound.
    """
    value = pool.at(_rank(q, len(pool)))
    excess = [float(run.at_most(value)) - q * len(run) for run in runs]
    half = t * stdev(excess) * math.sqrt(len(runs)) / len(pool)
    low = pool.at(_rank(q - half, len(pool))) if q > half else -math.inf
    high = pool.at(_rank(q + half, len(pool))) if q + half < 1.0 else math.inf
    return low, high


def _smallest(candidates: npt.NDArray[np.float64], reached: Callable[[float], float], share: float) -> float:
    """The smallest candidate that enough resamples do not exceed. By bisection: a resample is never sorted."""
    low, high = 0, len(candidates) - 1
    while low < high:
        middle = (low + high) // 2
        if reached(float(candidates[middle])) >= share:
            high = middle
        else:
            low = middle + 1
    return float(candidates[low])
