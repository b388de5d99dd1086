"""The parameters by which a log is likeliest, with calls that hang and without, and how many might hang at the most."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .lengths import Lengths
from .likelihood import Curved, Values, likelihood
from .newton import highest

_NEVER = -20.0
"""As a logit: none of a hundred million calls."""
_HALVINGS = 6


class Maximum(NamedTuple):
    """Where the likelihood is highest, and what it is like there."""

    at: Values
    there: Curved


def maximum(log: Lengths, may_hang: bool) -> Maximum:
    """From the straight line through the calls that ended."""
    typical, longest = float(np.median(np.exp(log.seconds))), max(float(log.tokens.max()), 1.0)
    gap = max(float(np.polyfit(log.tokens, np.exp(log.seconds), 1)[0]), 0.01 * typical / longest)
    first = max(float(np.median(np.exp(log.seconds) - gap * log.tokens)), 0.05 * typical)
    sigma = max(float(np.std(log.seconds - np.log(first + gap * log.tokens))), 1e-3)
    start, bounds = [math.log(first), math.log(gap), math.log(sigma)], least(log)
    if may_hang:
        start.append(math.log(0.5 * float(log.weights.sum()) / len(log.seconds)))
    begin = np.array([*start, *np.log(log.counts)])
    lowest = np.array([*bounds, *([_NEVER] if may_hang else []), *np.full(len(log.support), -np.inf)])
    return Maximum(*highest(lambda at: likelihood(at, log, may_hang), np.maximum(begin, lowest), lowest))


def least(log: Lengths) -> tuple[float, float, float]:
    """Logarithms: a ten-thousandth of the quickest call is nothing, as its first token or as all of its gaps."""
    nothing = float(log.seconds.min()) - math.log(1e4)
    return nothing, nothing - math.log(max(float(log.tokens.max()), 1.0)), math.log(1e-6)


def most_that_hang(log: Lengths, found: Maximum, gain: float) -> float:
    """The largest share with which twice the log-likelihood, all else as suits it, is within `gain` of the highest."""
    given_up = float(log.weights.sum())
    low, high = _NEVER / 2.0, math.log(given_up / len(log.seconds)) + 1.0
    lowest = np.array([*least(log), *np.full(len(found.at) - 3, -np.inf)])
    at = found.at
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        at = np.array([*at[:3], middle, *at[4:]])
        at, there = highest(lambda at: _held(likelihood(at, log, may_hang=True)), at, lowest)
        if 2.0 * (found.there.value - there.value) > gain:
            high = middle
        else:
            low = middle
    return 1.0 / (1.0 + math.exp(-high))


def _held(here: Curved) -> Curved:
    """With the share that hangs not free to move."""
    here.slope[3] = here.curvature[3] = here.curvature[:, 3] = 0.0
    return here
