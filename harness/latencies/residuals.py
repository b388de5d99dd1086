"""How far calls lie from what is fitted to them, once their length is accounted for."""

from __future__ import annotations

import numpy as np

from .fit import FEWEST
from .lengths import Lengths
from .likelihood import Values, log_tail, longer_than, spread, weighed

_SEEN = 0.05
"""The share of calls that has to be left, for their residuals to be held against the fit."""


def distance(at: Values, log: Lengths, hangs: float) -> float:
    """The largest difference between the residuals that were seen and those that are fitted.

    Seen is by Kaplan and Meier; a call that was given up is there as one of each length, as likely as it is.
    """
    ended = spread(at, log.seconds, log.tokens).z
    limits = spread(at, log.limits[:, None], log.support).z
    chances = at[-len(log.support) :] - np.logaddexp.reduce(at[-len(log.support) :])
    each, _ = weighed(longer_than(limits, hangs), log, chances)
    given_up = log.weights[:, None] * each
    z = np.concatenate([ended, limits.ravel()])
    weights = np.concatenate([np.ones(len(ended)), given_up.ravel()])
    is_end = np.arange(len(z)) < len(ended)
    order = np.lexsort((~is_end, z))
    z, weights, is_end = z[order], weights[order], is_end[order]
    left = weights.sum() - np.concatenate([[0.0], np.cumsum(weights)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        after = np.cumprod(np.where(is_end, 1.0 - np.minimum(weights / left, 1.0), 1.0))
    before = np.concatenate([[1.0], after[:-1]])
    fitted = hangs + (1.0 - hangs) * np.exp(log_tail(z))
    told = is_end & (left >= max(FEWEST, _SEEN * weights.sum()))
    return float(max(np.abs(after - fitted)[told].max(), np.abs(before - fitted)[told].max()))
