"""Which client is best: how likely that it is, and how many runs it would take to say so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist, fmean, stdev

import numpy as np

from .resampling import multiplicities
from .student import t_point

MOST_RUNS = 100_000
_FEWEST_RUNS = 3
_TIE = 1e-9
_GRID = 400


def probability_of_best(by_client: Mapping[str, Sequence[float]], smaller_is_better: bool = True) -> dict[str, float]:
    """The probability of each client to have the best mean, by the same keys; they sum to 1.

    One figure a run for each client, in the order of seeds, the same for all: resamples of runs are paired, and a
    client's probability is the share of them it wins (bootstrap of selection: Hall and Miller, 2009), a tie shared
    equally. Deviations are widened by sqrt(n / (n - 1)), as resamples of n runs spread too little (Hesterberg, 2015).
    Raises `ValueError` for no clients, fewer than three runs, unequal numbers of runs, or a figure not finite.
    """
    lengths = {len(figures) for figures in by_client.values()}
    if len(lengths) != 1 or min(lengths) < _FEWEST_RUNS:
        raise ValueError("a ranking needs the same seeds of every client, at least three")
    figures = np.array([list(each) for each in by_client.values()], dtype=float)
    if not np.isfinite(figures).all():
        raise ValueError("a ranking needs finite figures")
    if not smaller_is_better:
        figures = -figures
    # Only what clients do not share decides; without it floating point has less to round.
    figures -= figures.mean(axis=0)
    runs = figures.shape[1]
    means = figures.mean(axis=1)
    widening = math.sqrt(runs / (runs - 1))
    resampled = means + widening * (multiplicities(runs) @ figures.T / runs - means)
    is_best = resampled <= resampled.min(axis=1, keepdims=True) + _TIE * np.abs(figures).max()
    shares = (is_best / is_best.sum(axis=1, keepdims=True)).mean(axis=0)
    return dict(zip(by_client, map(float, shares), strict=True))


def runs_needed(differences: Sequence[float], level: float = 0.95, power: float = 0.8) -> int | None:
    """How many runs in all it takes to find a paired difference as large as the one seen, with that power.

    One difference a seed, in any unit, as spread as it was seen to be; to find it is to have Student's interval of that
    level exclude 0 on the side it is on. The fewest runs, at least 3, whose noncentral t (Johnson and Welch, 1940) says
    so. None where no number is known: a mean of 0, fewer than two differences, or more than 100,000 runs. Raises
    `ValueError` without differences, with one not finite, or for shares not within (0, 1).
    """
    if not len(differences) or not all(map(math.isfinite, differences)):
        raise ValueError("runs needed are told from finite differences")
    if not 0.0 < power < 1.0 or not 0.0 < level < 1.0:
        raise ValueError(f"neither share may be 0 or 1: {level}, {power}")
    mean = abs(fmean(differences))
    if len(differences) < 2 or mean == 0.0:
        return None
    spread = stdev(differences)
    if spread == 0.0:
        return _FEWEST_RUNS
    if _power(MOST_RUNS, mean / spread, level) < power:
        return None
    low, high = _FEWEST_RUNS, MOST_RUNS
    while low < high:
        middle = (low + high) // 2
        if _power(middle, mean / spread, level) >= power:
            high = middle
        else:
            low = middle + 1
    return low


def _power(runs: int, effect: float, level: float) -> float:
    """The probability that T exceeds its point when the mean is `effect` standard deviations away from 0."""
    degrees = runs - 1
    # T is a normal over s, the standard deviation found over the true one: average over the density of s, which has
    # its mass within 8 of its own deviations, 1 / sqrt(2 degrees), around 1.
    half = 8.0 / math.sqrt(2.0 * degrees)
    s = np.linspace(max(0.0, 1.0 - half), 1.0 + half, 2 * _GRID + 1)[1::2]
    log_density = (degrees - 1) * np.log(s) - degrees * s * s / 2
    density = np.exp(log_density - log_density.max())
    beyond = map(NormalDist(effect * math.sqrt(runs)).cdf, (t_point(degrees, level) * s).tolist())
    return 1.0 - float(density @ np.fromiter(beyond, float, len(s)) / density.sum())
