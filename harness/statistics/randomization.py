"""Whether two clients differ at all: in how many worlds chance alone would set them as far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from brownout.fakes.draws import Draws

EXACT_TO = 14
"""Differences up to which every assignment of signs is tried: 2**14 of them, and as many are drawn of more."""

_BITS = 48
"""Signs taken from one draw, which has 52 bits."""
_TIE = 1e-12


def sign_flip(differences: Sequence[float]) -> float:
    """The p-value, two-sided, of a mean paired difference of 0: the randomization test (Fisher, 1935; Pitman, 1937).

    One difference a seed, in any unit: were the clients alike, each might as well have had the other sign. The share of
    all assignments of signs with a mean at least as far from 0; exact up to 14 differences other than 0, which leave
    the mean as it is whatever their sign. Of more, 2**14 assignments are drawn, the same ones in every test, and what
    was seen counts as one (Davison and Hinkley, 1997, 4.2), so that the p-value is never too small. The least there
    can be is 2 / 2**n: six differences for 5%. 1 if all are 0. Raises `ValueError` without differences, or with one
    not finite.
    """
    found = np.asarray(differences, dtype=float)
    if not found.size or not np.isfinite(found).all():
        raise ValueError("a randomization test needs finite differences")
    # Sorted, so that the order of runs does not matter to the signs drawn.
    sizes = np.sort(np.abs(found[found != 0.0]))
    if not sizes.size:
        return 1.0
    scale = float(sizes[-1])
    seen = abs(math.fsum(found / scale))
    is_as_far = np.abs(_signs(len(sizes)) @ (sizes / scale)) >= seen - _TIE * len(sizes)
    if len(sizes) <= EXACT_TO:
        return float(np.mean(is_as_far))
    return (int(np.count_nonzero(is_as_far)) + 1) / (len(is_as_far) + 1)


@lru_cache(maxsize=16)
def _signs(differences: int) -> npt.NDArray[np.float64]:
    """Assignments of signs, -1.0 or 1.0, of shape (assignments, differences): all of them, or 2**14 drawn."""
    if differences <= EXACT_TO:
        bits = np.arange(2**differences)[:, None] >> np.arange(differences) & 1
    else:
        draw = Draws(0, f"signs of {differences} differences").uniform
        words = -(-differences // _BITS)
        drawn = np.array([int(draw(label) * 2.0**_BITS) for label in range(2**EXACT_TO * words)])
        bits = (drawn.reshape(-1, words, 1) >> np.arange(_BITS) & 1).reshape(2**EXACT_TO, -1)[:, :differences]
    signs = (2 * bits - 1).astype(np.float64)
    signs.flags.writeable = False
    return signs
