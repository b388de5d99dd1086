"""Several rolling windows over the same calls. What is counted goes into one slot; when its time is over it is kept
for the shortest window, and merged into a longer slot for the next longer one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

SLOTS = 12
"""Of a window. It reaches back for its length, and for what has gone by of a slot: a twelfth of it, at most."""


class Mergeable(Protocol):
    """What a slot holds."""

    def merge(self, other: Self) -> None: ...

    def copy(self) -> Self: ...


Held = TypeVar("Held", bound=Mergeable)


class _Window(Generic[Held]):
    """`ratio`: how many slots of the next shorter window make one of its own."""

    __slots__ = ("closed", "current", "number", "ratio")

    def __init__(self, ratio: int) -> None:
        self.ratio = ratio
        self.number = 0
        """Of the current slot, from 0 at the beginning."""
        self.current: Held | None = None
        self.closed: deque[tuple[int, Held]] = deque()
        """Number and slot; those in which nothing was counted are left out, and none changes any more."""


class Rings(Generic[Held]):
    """`windows`: their lengths in seconds, the shortest first. Time does not go back."""

    def __init__(self, windows: Sequence[float], make: Callable[[], Held]) -> None:
        self._make = make
        self._base = length = windows[0] / SLOTS
        self._windows: list[_Window[Held]] = []
        for seconds in windows:
            ratio = max(1, int(seconds / SLOTS / length + 1e-9))
            length *= ratio
            self._windows.append(_Window(ratio))

    def current(self, now: float) -> Held:
        """What is counted now goes there."""
        window = self._windows[0]
        number = int(now // self._base)
        if number != window.number:
            self._turn(0, number)
        if window.current is None:
            window.current = self._make()
        return window.current

    def within(self, now: float) -> list[list[Held]]:
        """Of each window what it holds now. Nothing of it changes any more."""
        number = int(now // self._base)
        pending: list[Held] = []
        found = []
        for place, window in enumerate(self._windows):
            number //= window.ratio
            self._turn(place, number)
            if window.current is not None:
                pending.append(window.current.copy())
            found.append([slot for _, slot in window.closed] + pending)
        return found

    def _turn(self, place: int, number: int) -> None:
        """The slot of that number has begun."""
        window = self._windows[place]
        if number == window.number:
            return
        slot = window.current
        if slot is not None:
            window.closed.append((window.number, slot))
            window.current = None
            if place + 1 < len(self._windows):
                self._merge(place + 1, window.number, slot)
        window.number = number
        while window.closed and window.closed[0][0] < number - SLOTS:
            window.closed.popleft()

    def _merge(self, place: int, number: int, slot: Held) -> None:
        window = self._windows[place]
        self._turn(place, number // window.ratio)
        if window.current is None:
            window.current = slot.copy()
        else:
            window.current.merge(slot)
