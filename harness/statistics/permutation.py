"""Whether the runs of one group have more than those of another: how often a division by chance would look so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from brownout.fakes.draws import Draws

EXACT_TO = 2**14
"""Divisions up to which every one is tried, eight runs and eight; as many are drawn of more."""

_TIE = 1e-12


def permutation(these: Sequence[float], those: Sequence[float]) -> float:
    """The p-value, one-sided, of these having no greater mean than those: the permutation test (Fisher; Pitman, 1937).

    Were the groups alike, any division of all runs into two of these sizes would be as likely. The share of divisions
    in which the first group has at least as large a mean; exact up to 2**14 of them. Of more, 2**14 are drawn, the same
    ones in every test, and what was seen counts as one (Davison and Hinkley, 1997, 4.2). Raises `ValueError` for a
    group without runs, or a figure not finite.
    """
    pool = np.concatenate((np.asarray(these, dtype=float), np.asarray(those, dtype=float)))
    if not len(these) or not len(those) or not np.isfinite(pool).all():
        raise ValueError("a permutation test needs finite figures in both groups")
    centre = float(np.mean(pool))
    scale = float(np.abs(pool - centre).max())
    if scale <= _TIE * float(np.abs(pool).max()):
        return 1.0
    seen = math.fsum((each - centre) / scale for each in these)
    # Sorted, so that the order of runs does not matter to the divisions drawn.
    divisions = _divisions(len(these), len(those))
    is_as_far = divisions @ ((np.sort(pool) - centre) / scale) >= seen - _TIE * len(pool)
    if len(divisions) == math.comb(len(pool), len(these)):
        return float(np.mean(is_as_far))
    return (int(np.count_nonzero(is_as_far)) + 1) / (len(divisions) + 1)


def least_p(these: int, those: int) -> float:
    """The smallest p-value that groups of these sizes can have."""
    return max(1.0 / math.comb(these + those, these), 1.0 / (EXACT_TO + 1))


@lru_cache(maxsize=8)
def _divisions(these: int, those: int) -> npt.NDArray[np.float64]:
    """Who is in the first group, 1.0 or 0.0, of shape (divisions, runs): all of them, or 2**14 drawn."""
    runs = these + those
    if math.comb(runs, these) <= EXACT_TO:
        chosen = np.array(list(combinations(range(runs), these)))
    else:
        draw = Draws(0, f"divisions of {runs} runs").uniform
        drawn = np.array([draw(label) for label in range(EXACT_TO * runs)]).reshape(EXACT_TO, runs)
        chosen = np.argsort(drawn, axis=1)[:, :these]
    found = np.zeros((len(chosen), runs))
    np.put_along_axis(found, chosen, 1.0, axis=1)
    found.flags.writeable = False
    return found
