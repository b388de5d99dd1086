"""The distribution of values that were observed: each value, and how many are no larger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Empirical:
    """`values` in ascending order, `inf` allowed, `counts` of each."""

    values: Values
    counts: Counts
    upto: Counts
    """How many are at most the value."""

    @classmethod
    def of(cls, values: Values, counts: Counts | None = None) -> Empirical:
        """Without counts each is there once. Raises `ValueError` for values that are not in order, or not numbers."""
        if not bool(np.all(values[:-1] <= values[1:])) or (len(values) and values[-1] != values[-1]):
            raise ValueError("expected sorted values, and no NaN")
        each = np.ones(len(values), dtype=np.int64) if counts is None else counts
        return cls(values, each, np.cumsum(each))

    @classmethod
    def pooled(cls, runs: Sequence[Empirical]) -> Empirical:
        """The values of all of them together."""
        values = np.concatenate([run.values for run in runs])
        counts = np.concatenate([run.counts for run in runs])
        order = np.argsort(values, kind="stable")
        return cls.of(values[order], counts[order])

    def __len__(self) -> int:
        return int(self.upto[-1]) if len(self.upto) else 0

    def at(self, rank: int) -> float:
        """The value of that rank, from 1."""
        return float(self.values[np.searchsorted(self.upto, rank)])

    def at_most(self, value: float) -> int:
        """How many are no larger."""
        place = np.searchsorted(self.values, value, "right")
        return int(self.upto[place - 1]) if place else 0
