"""The highest point of a likelihood, by Newton's method: always uphill, in steps that are halved until they gain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .likelihood import Curved, Values

_ROUNDS = 100
_CLOSE = 1e-7
_FLAT = 1e-10
_FARTHEST = 2.0
"""Of one step, in any parameter; all of them are logarithms."""


def highest(of: Callable[[Values], Curved], start: Values, least: Values) -> tuple[Values, Curved]:
    """The parameters and what is there; none of them goes below `least`."""
    at, here = start, of(start)
    for _ in range(_ROUNDS):
        step = _uphill(here, (at <= least) & (here.slope < 0.0))
        step *= min(1.0, _FARTHEST / max(float(np.abs(step).max()), 1e-300))
        gain = float(step @ here.slope)
        while gain > _CLOSE:
            tried = np.maximum(at + step, least)
            there = of(tried)
            if there.value > here.value:
                break
            step, gain = step / 2.0, gain / 2.0
        else:
            break
        at, here = tried, there
    return at, here


def _uphill(here: Curved, is_held: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Values:
    """Newton's step where the likelihood is curved downwards, and as long a one uphill where it is not."""
    free = ~is_held
    curves, ways = np.linalg.eigh(-here.curvature[np.ix_(free, free)])
    curves = np.maximum(np.abs(curves), _FLAT * np.abs(curves).max())
    step = np.zeros(len(here.slope))
    step[free] = ways @ ((ways.T @ here.slope[free]) / curves)
    return step
