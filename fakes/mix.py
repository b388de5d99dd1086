"""Which kind of call a call is, where a workload has several: drawn by label, the same for client and service."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from .draws import Draws, client_of, first_step


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


class Group(NamedTuple):
    """Clients that follow those of the group before, and how many kinds of call they have, after its kinds."""

    clients: int
    kinds: int
    steps: int = 1
    """Of its longest chain: the calls of a chain are of one kind, and as many numbers are kept for each."""


def kind_of(shares: Sequence[float], groups: Sequence[Group], seed: int) -> Callable[[int], int]:
    """The label of a call -> the index of its kind. `groups`: of clients, each with kinds of its own; none: all clients
    have all kinds. Shares need not make up 1 in a group: they count within it."""
    if not groups:
        return Mix(shares, seed).of
    upto = tuple(accumulate(group.clients for group in groups))
    ends = tuple(accumulate(group.kinds for group in groups))
    mixes = []
    for begin, end in pairwise((0, *ends)):
        whole = sum(shares[begin:end])
        mixes.append((begin, Mix([share / whole for share in shares[begin:end]], seed).of))

    def of(call: int) -> int:
        at = min(bisect_right(upto, client_of(call)), len(mixes) - 1)
        begin, within = mixes[at]
        return begin + within(first_step(call, groups[at].steps))

    return of
