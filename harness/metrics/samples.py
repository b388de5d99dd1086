"""Values that quantiles are taken of: all of them in order, or counted in buckets.

A histogram has the buckets of HdrHistogram (Tene): each power of two in 1,024 equal parts, which are the leading bits
of a floating-point number. Of each bucket the greatest value is kept. So a quantile is a value that was observed, never
below the true one and at most 1/1024 above it, and the same however the values were split into parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

RELATIVE_ERROR = 1.0 / 1024.0
"""By how much a quantile of a histogram may be too large, as a share of it."""
_DROPPED = 52 - 10
"""Bits of the significand that do not tell buckets apart."""

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Sample(Protocol):
    """Values of one kind, never negative, infinite ones among them."""

    def __len__(self) -> int: ...

    def plus(self, other: Self, /) -> Self: ...

    def quantile(self, q: float) -> float:
        """The smallest value that at least the share `q` does not exceed. There must be one."""

    def counted(self) -> tuple[Values, Counts]:
        """Values in ascending order, and how often each is there."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """All of them, in ascending order."""

    values: list[float]

    @classmethod
    def of(cls, values: Iterable[float]) -> Ordered:
        return cls(sorted(values))

    def __len__(self) -> int:
        return len(self.values)

    def plus(self, other: Ordered) -> Ordered:
        return Ordered.of((*self.values, *other.values))

    def quantile(self, q: float) -> float:
        return quantile(self.values, q)

    def counted(self) -> tuple[Values, Counts]:
        return np.array(self.values, dtype=np.float64), np.ones(len(self.values), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """The numbers of the buckets that are not empty, ascending, and of each how many values there are and the greatest.
    Zeros have a bucket of their own, and so have infinities."""

    buckets: Counts
    counts: Counts
    greatest: Values

    @classmethod
    def of(cls, values: Iterable[float]) -> Histogram:
        found = np.sort(np.fromiter(values, dtype=np.float64))
        return _grouped(found.view(np.int64) >> _DROPPED, np.ones(len(found), dtype=np.int64), found)

    def __len__(self) -> int:
        return int(self.counts.sum())

    def plus(self, other: Histogram) -> Histogram:
        buckets = np.concatenate((self.buckets, other.buckets))
        counts = np.concatenate((self.counts, other.counts))
        greatest = np.concatenate((self.greatest, other.greatest))
        order = np.argsort(buckets, kind="stable")
        return _grouped(buckets[order], counts[order], greatest[order])

    def quantile(self, q: float) -> float:
        return float(self.greatest[np.searchsorted(np.cumsum(self.counts), _rank(q, len(self)), "right")])

    def counted(self) -> tuple[Values, Counts]:
        return self.greatest, self.counts


def _grouped(buckets: Counts, counts: Counts, greatest: Values) -> Histogram:
    """One entry a bucket; they are in ascending order."""
    if not len(buckets):
        return Histogram(buckets, counts, greatest)
    first = np.flatnonzero(np.diff(buckets, prepend=-1))
    return Histogram(buckets[first], np.add.reduceat(counts, first), np.maximum.reduceat(greatest, first))


def quantile(ordered: Sequence[float], q: float) -> float:
    """The smallest value that at least the share `q` does not exceed. `ordered` must not be empty."""
    return ordered[_rank(q, len(ordered))]


def _rank(q: float, values: int) -> int:
    """From 0. 0.95 of 20 values are 19 of them, whatever floating point says."""
    return max(0, math.ceil(q * values - 1e-9) - 1)
