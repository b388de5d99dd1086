"""Whether the runs of one group have more than those of another: how often a division by chance would look so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from brownout.fakes.draws import Draws

from .beyond import FEW, of_all, of_divisions

EXACT_TO = 2**14
"""Divisions up to which every one is tried, eight runs and eight; as many are drawn of more."""

_AT_A_TIME = 2**20
"""Figures of divisions that are in memory at once."""
_TIE = 1e-12


def permutation(these: Sequence[float], those: Sequence[float]) -> float:
    """The p-value, one-sided, of these having no greater mean than those: the permutation test (Fisher; Pitman, 1937).

    Were the groups alike, any division of all runs into two of these sizes would be as likely. The share of divisions
    in which the first group has at least as large a mean; exact up to 2**14 of them. Of more, 2**14 are drawn, the same
    ones in every test, and what was seen counts as one (Davison and Hinkley, 1997, 4.2). Where few of these are as
    far, a bound may tell that p is smaller yet. Raises `ValueError` for a group without runs, or a figure not finite.
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
    figures = (np.sort(pool) - centre) / scale
    limit = seen - _TIE * len(pool)
    if math.comb(len(pool), len(these)) <= EXACT_TO:
        return float(np.mean(_every(len(these), len(those)) @ figures >= limit))
    as_far = sum(int(np.count_nonzero(part @ figures >= limit)) for part in _drawn(len(these), len(those)))
    p = (as_far + 1) / (EXACT_TO + 1)
    return min(p, of_divisions(figures, len(these), seen)) if as_far < FEW else p


def least_p(these: int, those: int) -> float:
    """The smallest p-value that groups of these sizes can have."""
    every = math.comb(these + those, these)
    return 1.0 / every if every <= EXACT_TO else of_all(these, those)


@lru_cache(maxsize=8)
def _every(these: int, those: int) -> npt.NDArray[np.float64]:
    """Who is in the first group, 1.0 or 0.0, of shape (divisions, runs): all divisions."""
    chosen = np.array(list(combinations(range(these + those), these)))
    found = np.zeros((len(chosen), these + those))
    np.put_along_axis(found, chosen, 1.0, axis=1)
    found.flags.writeable = False
    return found


def _drawn(these: int, those: int) -> Iterator[npt.NDArray[np.float64]]:
    """The same of 2**14 divisions that are drawn, some at a time."""
    runs = these + those
    packed = _packed(these, those)
    for first in range(0, EXACT_TO, _rows(runs)):
        yield np.unpackbits(packed[first : first + _rows(runs)], axis=1, count=runs).astype(np.float64)


@lru_cache(maxsize=8)
def _packed(these: int, those: int) -> npt.NDArray[np.uint8]:
    """A bit a run: of a thousand runs 2 MB. In the first group are those of the smallest numbers drawn."""
    runs = these + those
    start = int(Draws(0, f"divisions of {runs} runs").uniform(0) * 2.0**52)
    parts = []
    for first in range(0, EXACT_TO, _rows(runs)):
        rows = min(_rows(runs), EXACT_TO - first)
        numbers = _hashed(start, first * runs, rows * runs).reshape(rows, runs)
        is_in = np.zeros((rows, runs), dtype=np.uint8)
        np.put_along_axis(is_in, np.argpartition(numbers, these - 1, axis=1)[:, :these], 1, axis=1)
        parts.append(np.packbits(is_in, axis=1))
    found = np.concatenate(parts)
    found.flags.writeable = False
    return found


def _rows(runs: int) -> int:
    """How many divisions are held at a time."""
    return max(1, _AT_A_TIME // runs)


def _hashed(start: int, first: int, count: int) -> npt.NDArray[np.uint64]:
    """Numbers by place (SplitMix64: Steele, Lea and Flood, 2014): millions of them, which a draw a label takes long
    for."""
    places = np.arange(first + 1, first + count + 1, dtype=np.uint64)
    mixed = np.uint64(start) + places * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
