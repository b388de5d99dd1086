"""Which runs a resample is made of: drawn once for each number of runs, the same for every figure.

So resamples are paired across clients and metrics, as the runs themselves are by their seeds, and the same results
give the same interval on every machine.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from brownout.fakes.draws import Draws

from .student import t_point

RESAMPLES = 20_000
"""Leaves 49 means beyond each bound at six runs and 171 at ten: places bounds to 1% or 2% of the interval's half."""

_NORMAL = NormalDist()


@lru_cache(maxsize=16)
def indices(runs: int, resamples: int = RESAMPLES) -> npt.NDArray[np.int64]:
    """The runs of each resample, of shape (resamples, runs), each from 0 to `runs` - 1; not to be written to.

    The second half mirrors the first (run i stands for run `runs` - 1 - i). Over sorted figures that pairs each
    resample with its antithesis (Hall, 1989, Antithetic resampling for the bootstrap): the interval of A - B is then
    exactly that of B - A, turned around. Raises `ValueError` for fewer than one run or resample.
    """
    if runs < 1 or resamples < 1:
        raise ValueError(f"no resamples of {runs} runs, {resamples} times")
    draw = Draws(0, f"resamples of {runs} runs").uniform
    drawn = np.array([int(draw(label) * runs) for label in range((resamples + 1) // 2 * runs)]).reshape(-1, runs)
    found = np.concatenate((drawn, runs - 1 - drawn))[:resamples]
    found.flags.writeable = False
    return found


@lru_cache(maxsize=16)
def multiplicities(runs: int, resamples: int = RESAMPLES) -> npt.NDArray[np.float64]:
    """How often each run is in each resample of `indices`: shape (resamples, runs), rows sum to `runs`; read only.

    Sums over resamples are then one matrix product, which wants floats.
    """
    places = indices(runs, resamples) + runs * np.arange(resamples)[:, None]
    found = np.bincount(places.ravel(), minlength=runs * resamples).reshape(resamples, runs).astype(float)
    found.flags.writeable = False
    return found


def expanded_z(runs: int, level: float) -> float:
    """How many normal deviations to reach out for a percentile interval that is as wide as it should be.

    A resample of n runs spreads by sqrt((n - 1) / n) too little, and its tails are normal where Student's are due:
    sqrt(n / (n - 1)) t corrects both (Hesterberg, 2015, What teachers should know about the bootstrap).
    Raises `ValueError` for fewer than two runs, or a level not within (0, 1).
    """
    if runs < 2:
        raise ValueError("one run does not show how runs spread")
    return math.sqrt(runs / (runs - 1)) * t_point(runs - 1, level)


def expanded_tail(runs: int, level: float) -> float:
    """The share of resamples that leaves out at each end: Phi(-`expanded_z`), 0.24% of six runs, 0.86% of ten."""
    return _NORMAL.cdf(-expanded_z(runs, level))
