"""What a stream has shown, and when: kept run by run, so that a thousand tokens cost no more than one."""

from __future__ import annotations

from typing import NamedTuple

from ..policies.call import Ask
from ..policies.resuming import Rest


class Shown(NamedTuple):
    """The fields of an attempt's record that only a stream fills, in their order there."""

    tokens: int
    first_text: float | None
    largest_gap: float
    shown: int
    late: int


class Content:
    """The content events of one attempt."""

    __slots__ = ("_first", "_largest", "_late", "_left", "_shown", "_since", "_until", "last", "tokens")

    def __init__(self, ask: Ask, rest: Rest | None = None) -> None:
        """Of an attempt at the `rest` of an answer, the silence since its beginning broke off counts too."""
        self._until = ask.intended + ask.deadline
        self._left = None if ask.caller_timeout is None else ask.intended + ask.caller_timeout
        self.tokens = 0
        self.last = 0.0
        """When the last one came."""
        self._first: float | None = None
        self._since = None if rest is None else rest.stream.last_text
        self._largest = 0.0
        self._shown = self._late = 0

    def add(self, began: float, gap: float, count: int) -> None:
        """So many have come, the k-th of them (from 1) `k * gap` after `began`."""
        if count <= 0:
            return
        first, last = began + gap, began + count * gap
        if self._first is None:
            self._first = first
            if self._since is not None:
                self._largest = first - self._since
        elif first - self.last > self._largest:
            self._largest = first - self.last
        if count > 1 and gap > self._largest:
            self._largest = gap
        self.last = last
        self.tokens += count
        self._shown += count if last <= self._until else count_by(self._until, began, gap, count)
        if self._left is not None and last > self._left:
            self._late += count - count_by(self._left, began, gap, count)

    def ended(self, now: float, is_ok: bool) -> Shown:
        """What is recorded when the attempt is over. Unless it went well, the silence at its end is a gap too."""
        largest = self._largest
        if not is_ok and self._first is not None and now - self.last > largest:
            largest = now - self.last
        fields = (self.tokens, self._first, largest, self._shown, self._late)
        return tuple.__new__(Shown, fields)  # half the time of `Shown(...)`, which is written in Python


def count_by(at: float, began: float, gap: float, count: int) -> int:
    """How many of such a run have come at that time."""
    if began + count * gap <= at:
        return count
    if began + gap > at:
        return 0
    k = int((at - began) / gap)  # which rounding may have put one off
    if began + k * gap > at:
        return k - 1
    return k + 1 if began + (k + 1) * gap <= at else k
