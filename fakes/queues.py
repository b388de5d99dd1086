"""In which order those who wait for a slot get one. What stands in a queue may have left it without being taken out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Literal, Protocol, TypeAlias

Order: TypeAlias = Literal["fifo", "lifo", "deadline"]

_FEW = 64
"""So many who have left do not matter."""


class Waiter(Protocol):
    """What stands in the queue."""

    has_slot: bool
    is_waiting: bool

    @property
    def due(self) -> float:
        """When it is too late to serve it."""


class Queue(Protocol):
    """Whoever is put in comes out, in some order; it is empty when it has no length."""

    def append(self, waiter: Waiter, /) -> None: ...

    def popleft(self) -> Waiter: ...

    def __len__(self) -> int: ...


class LastFirst:
    """Whoever came last is next: under overload some are served in time, where first come first served would be late
    for all."""

    def __init__(self) -> None:
        self._stack: list[Waiter] = []
        self._full = _FEW

    def append(self, waiter: Waiter) -> None:
        self._stack.append(waiter)
        if len(self._stack) > self._full:  # at the bottom nobody comes by who would see that they have left
            self._stack = [each for each in self._stack if each.is_waiting]
            self._full = 2 * len(self._stack) + _FEW

    def popleft(self) -> Waiter:
        return self._stack.pop()

    def __len__(self) -> int:
        return len(self._stack)


class MostUrgentFirst:
    """Whoever is due first is next; first come, first served among equals and those who have said nothing."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Waiter]] = []
        self._turns: Iterator[int] = count()
        self._full = _FEW

    def append(self, waiter: Waiter) -> None:
        heappush(self._heap, (waiter.due, next(self._turns), waiter))
        if len(self._heap) > self._full:
            self._heap = [each for each in self._heap if each[2].is_waiting]
            heapify(self._heap)
            self._full = 2 * len(self._heap) + _FEW

    def popleft(self) -> Waiter:
        return heappop(self._heap)[2]

    def __len__(self) -> int:
        return len(self._heap)


def queue(order: Order) -> Queue:
    """An empty one."""
    if order == "lifo":
        return LastFirst()
    return MostUrgentFirst() if order == "deadline" else deque()
