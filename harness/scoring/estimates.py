"""Figures over runs as results have them: a mean, or a difference paired by seed, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..part import Estimate
from ..statistics import Interval
from ..statistics.bootstrap import bca
from ..statistics.pooled import Values, pooled_quantile


def estimate(values: Sequence[float], most: float = math.inf) -> Estimate:
    """The mean over runs: infinite where one is, for what happened once may happen again. A bound does not reach
    beyond what is possible: no metric is negative, and none is more than `most`."""
    if not all(map(math.isfinite, values)):
        return Estimate(value=math.inf)
    found = bca(values)
    low = None if found.low is None else max(0.0, found.low)
    return Estimate(value=found.mean, low=low, high=None if found.high is None else min(most, found.high))


def pooled(runs: Sequence[Values], q: float) -> Estimate:
    """The quantile `q` of the values of all runs together, each sorted. None of what has quantiles is negative."""
    found = pooled_quantile(runs, q)
    low = None if found.low is None else max(0.0, found.low)
    return Estimate(value=found.value, low=low, high=found.high)


def paired(these: Sequence[float], those: Sequence[float]) -> Estimate:
    """How much more these are than those, seed by seed."""
    return stated(bca([this - that for this, that in zip(these, those, strict=True)]))


def stated(interval: Interval) -> Estimate:
    """An interval as it is."""
    return Estimate(value=interval.mean, low=interval.low, high=interval.high)
