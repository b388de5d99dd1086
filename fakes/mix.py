"""Which kind of call a call is, where a workload has several: drawn by label, the same for client and service."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from .draws import Draws


class Mix:
    """`shares` make up 1. A single kind costs no draw."""

    __slots__ = ("_draws", "_last", "_upto")

    def __init__(self, shares: Sequence[float], seed: int) -> None:
        self._upto = tuple(accumulate(shares))
        self._last = len(self._upto) - 1
        self._draws = Draws(seed, "kind of call")

    def of(self, call: int) -> int:
        """The index of the kind of the call with that label."""
        return min(bisect_right(self._upto, self._draws.uniform(call)), self._last) if self._last else 0
