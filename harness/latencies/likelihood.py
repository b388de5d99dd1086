"""How likely a log is if a call of n tokens takes (first + n * gap) * exp(sigma * Z), or hangs; with derivatives.

The parameters are the logarithms of first, gap and sigma, where calls may hang the logit of their share, and then the
logarithms of how likely each length is, up to a constant. A call that was given up counts by the chance that it took
longer, over all lengths that it may have.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .lengths import Lengths

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_FAR = 5.0
_erfc = np.vectorize(math.erfc, otypes=[float])
Values = npt.NDArray[np.float64]


class Curved(NamedTuple):
    """The log-likelihood, its gradient and its second derivatives."""

    value: float
    slope: Values
    curvature: Values


class Spread(NamedTuple):
    """Where calls lie within what is expected of their length: `z`, with its derivatives by log first, log gap and log
    sigma."""

    z: Values
    first: Values
    second: Values


def spread(at: Values, seconds: Values, tokens: Values) -> Spread:
    """`seconds` as logarithms."""
    first, gaps, sigma = math.exp(at[0]), tokens * math.exp(at[1]), math.exp(at[2])
    z = (seconds - np.log(first + gaps)) / sigma
    of_gaps = np.broadcast_to(gaps / (first + gaps), z.shape)
    by_first, by_gap, both = -(1.0 - of_gaps) / sigma, -of_gaps / sigma, of_gaps * (1.0 - of_gaps) / sigma
    second = np.array([[-both, both, -by_first], [both, -both, -by_gap], [-by_first, -by_gap, z]])
    return Spread(z, np.array([by_first, by_gap, -z]), second)


def likelihood(at: Values, log: Lengths, may_hang: bool) -> Curved:
    """At these parameters."""
    free = 4 if may_hang else 3
    hangs = 1.0 / (1.0 + math.exp(-at[3])) if may_hang else 0.0
    chances = at[free:] - np.logaddexp.reduce(at[free:])
    shares = np.exp(chances)
    total = len(log.seconds) + float(log.weights.sum())
    slope, curvature = np.zeros(len(at)), np.zeros((len(at), len(at)))
    slope[free:] = log.counts - total * shares
    curvature[free:, free:] = -total * (np.diag(shares) - np.outer(shares, shares))
    value = _of_ended(at, log, hangs, may_hang, slope, curvature) + float(log.counts @ chances)
    if len(log.limits):
        value += _of_given_up(at, log, chances, hangs, may_hang, slope, curvature)
    return Curved(value, slope, curvature)


def _of_ended(at: Values, log: Lengths, hangs: float, may_hang: bool, slope: Values, curvature: Values) -> float:
    count = len(log.seconds)
    z, first, second = spread(at, log.seconds, log.tokens)
    slope[:3] -= first @ z
    slope[2] -= count
    curvature[:3, :3] -= first @ first.T + second @ z
    if may_hang:
        slope[3] -= count * hangs
        curvature[3, 3] -= count * hangs * (1.0 - hangs)
    return count * (math.log1p(-hangs) - float(at[2]) - _HALF_LOG_2PI) - 0.5 * float(z @ z)


def _of_given_up(
    at: Values, log: Lengths, chances: Values, hangs: float, may_hang: bool, slope: Values, curvature: Values
) -> float:
    free = 4 if may_hang else 3
    z, first, second = spread(at, log.limits[:, None], log.support)
    longer = longer_than(z, hangs)
    each, one = weighed(longer, log, chances)
    # Of the logarithm of the chance that it took longer: by z, twice, and by the logit of the share that hangs.
    by_z = -np.exp(math.log1p(-hangs) - 0.5 * z * z - _HALF_LOG_2PI - longer)
    by_z_twice = -by_z * (z + by_z)
    slopes = np.empty((free, *z.shape))
    slopes[:3] = by_z * first
    curved = np.zeros((free, free, *z.shape))
    curved[:3, :3] = by_z_twice * first[:, None] * first + by_z * second
    if may_hang:
        slopes[3] = -(1.0 - hangs) * np.expm1(log_tail(z) - longer)
        curved[3, 3] = (1.0 - 2.0 * hangs) * slopes[3] - slopes[3] ** 2
        curved[3, :3] = curved[:3, 3] = -(hangs + slopes[3]) * by_z * first
    weights = log.weights[:, None] * each
    mean = np.einsum("ijk,jk->ij", slopes, each)
    slope[:free] += mean @ log.weights
    slope[free:] += weights.sum(axis=0)
    curvature[:free, :free] += np.einsum("ajk,bjk,jk->ab", slopes, slopes, weights)
    curvature[:free, :free] += np.einsum("abjk,jk->ab", curved, weights) - (mean * log.weights) @ mean.T
    cross = np.einsum("ajk,jk->ak", slopes - mean[:, :, None], weights)
    curvature[:free, free:] += cross
    curvature[free:, :free] += cross.T
    curvature[free:, free:] += np.diag(weights.sum(axis=0)) - weights.T @ each
    return float(one @ log.weights)


def longer_than(z: Values, hangs: float) -> Values:
    """The logarithm of the chance that a call takes longer, or for ever."""
    slow = math.log1p(-hangs) + log_tail(z)
    return np.logaddexp(math.log(hangs), slow) if hangs > 0.0 else slow


def weighed(longer: Values, log: Lengths, chances: Values) -> tuple[Values, Values]:
    """For every limit how likely each length is, and the logarithm of its chance over all of them."""
    terms = np.where(log.may_be, longer + chances, -np.inf)
    one = np.logaddexp.reduce(terms, axis=1)
    return np.exp(terms - one[:, None]), one


def log_tail(z: Values) -> Values:
    """The logarithm of the normal distribution's share above z; where that is too small for a float, by Laplace's
    continued fraction."""
    near, far = np.minimum(z, _FAR), np.maximum(z, _FAR)
    fraction = far
    for k in range(40, 0, -1):
        fraction = far + k / fraction
    found: Values = np.where(
        z <= _FAR, np.log(0.5 * _erfc(near / math.sqrt(2.0))), -0.5 * far * far - _HALF_LOG_2PI - np.log(fraction)
    )
    return found
