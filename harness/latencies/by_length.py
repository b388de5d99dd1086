"""How long a call takes by how long its answer is: (first + n * gap) * exp(sigma * Z) for n output tokens, and a share
that hangs, by maximum likelihood. An answer longer than any that ended is unknown to it, and counts as one that hangs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ..statistics import Interval
from .calls import Logged
from .fit import SURELY
from .lengths import lengths
from .maximum import least, maximum, most_that_hang
from .residuals import distance
from .survival import TooFewData

_POSSIBLY = 3.84
"""Twice the loss of log-likelihood up to which a share may hang, at 95%."""
_VAGUE = 1.0
"""The error of a logarithm from which the interval is that of the value itself: it may be 0."""


@dataclass(frozen=True)
class ByLength:
    """`first` and `gap` in seconds, `sigma` of the logarithms, `hangs` a share of 1. `distance` is Kolmogorov's, of the
    residuals. `longest` is the longest answer that was seen, in tokens. `covariance` of the logarithms of the first
    three."""

    first: Interval
    gap: Interval
    sigma: Interval
    hangs: Interval
    distance: float
    calls: int
    longest: int
    covariance: tuple[tuple[float, ...], ...]

    def time(self, tokens: int, q: float = 0.99, level: float = 0.95) -> Interval:
        """Seconds that the share `q` of answers of that length does not exceed, of those that end."""
        z = NormalDist().inv_cdf(q)
        first, gaps = self.first.mean, tokens * self.gap.mean
        value = (first + gaps) * math.exp(z * self.sigma.mean)
        # By the logarithms of the three: how much of the median is first, how much gaps, and what the spread adds.
        by = np.array([first / (first + gaps), gaps / (first + gaps), z * self.sigma.mean])
        error = math.sqrt(max(float(by @ np.array(self.covariance) @ by), 0.0))
        factor = math.exp(min(NormalDist().inv_cdf(0.5 + level / 2) * error, 300.0))
        return Interval(value, value / factor, value * factor)


def fit_by_length(calls: Sequence[Logged], level: float = 0.95) -> ByLength:
    """Raises `TooFewData` where too few calls ended and say how long they are, or where what a token takes cannot be
    told from them."""
    log = lengths(calls)
    found, may_hang = maximum(log, may_hang=False), False
    hangs = Interval(0.0, 0.0, 0.0)
    if len(log.limits):
        other = maximum(log, may_hang=True)
        may_hang = 2.0 * (other.there.value - found.there.value) > SURELY
        if may_hang:
            found = other
        else:
            hangs = Interval(0.0, 0.0, most_that_hang(log, other, _POSSIBLY))
    at, there = found
    covariance = np.linalg.pinv(-there.curvature, hermitian=True)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not errors[1] < _VAGUE or at[1] <= least(log)[1]:
        raise TooFewData(
            "too few data: what a token takes cannot be told; the answers differ too little in length, or longer ones "
            "take no longer"
        )
    z = NormalDist().inv_cdf(0.5 + level / 2)
    first, gap, sigma = (_interval(float(at[i]), float(errors[i]), z) for i in range(3))
    if may_hang:
        hangs = Interval(*(1.0 / (1.0 + math.exp(-(at[3] + step * z * errors[3]))) for step in (0.0, -1.0, 1.0)))
    return ByLength(
        first,
        gap,
        sigma,
        hangs,
        distance(at, log, hangs.mean),
        len(calls),
        int(log.tokens.max()),
        tuple(tuple(float(value) for value in row[:3]) for row in covariance[:3]),
    )


def _interval(logarithm: float, error: float, z: float) -> Interval:
    value = math.exp(logarithm)
    if error > _VAGUE:
        return Interval(value, 0.0, value * (1.0 + z * error))
    return Interval(value, value * math.exp(-z * error), value * math.exp(z * error))
