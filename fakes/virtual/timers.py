"""What is due when: a heap of callbacks, in which those that were called off do not pile up."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

_FEW = 512
"""How many that were called off may stay in the heap, however few others there are."""


class Timer:
    """A callback that is due at some time."""

    __slots__ = ("_args", "_timers", "callback", "when")

    def __init__(self, timers: Timers, when: float, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._timers = timers
        self.when = when
        self.callback: Callable[..., object] | None = callback
        self._args = args

    def cancel(self) -> None:
        """Call it off. Idempotent."""
        if self.callback is not None:
            self.callback, self._args = None, ()
            self._timers.one_called_off()

    def fire(self) -> None:
        callback, args = self.callback, self._args
        self.callback = None
        if callback is not None:
            callback(*args)


class Timers:
    """Of what is due at the same time the least `order` comes first, then what was set first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, Timer]] = []
        self._numbers = count()
        self._called_off = 0

    def add(self, when: float, order: int, callback: Callable[..., object], args: tuple[Any, ...]) -> Timer:
        """Set one."""
        timer = Timer(self, when, callback, args)
        heappush(self._heap, (when, order, next(self._numbers), timer))
        return timer

    def pop(self) -> Timer | None:
        """Take out the one that is due next; None if there is none."""
        heap = self._heap
        while heap:
            timer = heappop(heap)[3]
            if timer.callback is not None:
                return timer
            self._called_off -= 1
        return None

    def one_called_off(self) -> None:
        """Drop the dead ones once they are the most: a long stream calls off a limit for each of its events."""
        self._called_off += 1
        if self._called_off > _FEW and self._called_off * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[3].callback is not None]
            heapify(self._heap)
            self._called_off = 0
