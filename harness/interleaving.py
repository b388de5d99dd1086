"""Who of a row of numbers is of which kind, where each kind has a share: exactly so, and evenly mixed.

This is the chairman assignment problem, and Tijdeman's solution (1980, Discrete Mathematics 32, 323-330): of `k` kinds
none is ever ahead of its share, nor behind it, by more than 1 - 1/(2k-2) places, however far one counts. So of the
first n numbers each kind has n times its share, rounded up or down, and exactly that where it is whole. A number's kind
does not depend on how many follow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

_FINEST = 1_000_000
"""The largest denominator of a share: 33.3333%, and 1/3 as well."""


@lru_cache(maxsize=64)
def interleaved(shares: tuple[float, ...], count: int) -> tuple[int, ...]:
    """The index of the kind of each number from 0 below `count`. `shares` are above 0 and make up 1; of kinds that are
    equally due the first comes first."""
    weights = _whole(shares)
    period = sum(weights)  # after so many numbers every kind is where it began
    once = _assigned(weights, period, min(count, period))
    return (once * (count // period + 1))[:count] if count > period else once


def _whole(shares: Sequence[float]) -> list[int]:
    """The shares as whole numbers of one unit: 70% and 30% are 7 and 3."""
    parts = [Fraction(share).limit_denominator(_FINEST) for share in shares]
    unit = math.lcm(*(part.denominator for part in parts))
    found = [int(part * unit) for part in parts]
    common = math.gcd(*found)
    return [each // common for each in found]


def _assigned(weights: Sequence[int], period: int, count: int) -> tuple[int, ...]:
    """By Tijdeman's rule. All is in units of a place over `period` times `spread`, so that it is exact."""
    if len(weights) == 1:
        return (0,) * count
    spread = 2 * len(weights) - 2
    behind = [0] * len(weights)  # of its share, before this number
    found = []
    for _ in range(count):
        due = [i for i, each in enumerate(behind) if each + spread * weights[i] >= period]
        # Whoever will be too far behind soonest: after (spread - 1) / spread of a place.
        chosen = min(due, key=lambda i: Fraction((spread - 1) * period - behind[i], weights[i]))
        found.append(chosen)
        for i, weight in enumerate(weights):
            behind[i] += spread * weight
        behind[chosen] -= spread * period
    return tuple(found)
