"""What came lately, in bounded memory: sums over a window that moves in steps, and the last so many of anything."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from math import ceil, floor

STEPS = 60
"""A window moves in steps of a second, but in no more of them than this, and no fewer than ten."""


def steps_of(window: float) -> int:
    """In how many steps a window of so many seconds moves."""
    return min(STEPS, max(10, floor(window)))


class Sums:
    """Counters by name over the last `window` seconds. What is counted in a step leaves with it as a whole."""

    __slots__ = ("_names", "_slots", "_steps", "_totals", "_width")

    def __init__(self, window: float, *names: str) -> None:
        self._names = names
        self._steps = steps_of(window)
        self._width = window / self._steps
        self._slots: deque[tuple[int, list[int]]] = deque()
        self._totals = [0] * len(names)

    def add(self, now: float, **counts: int) -> None:
        """Count so many of each at that time."""
        self._forget(now)
        step = floor(now / self._width)
        if not self._slots or self._slots[-1][0] != step:
            self._slots.append((step, [0] * len(self._names)))
        counters = self._slots[-1][1]
        for name, count in counts.items():
            place = self._names.index(name)
            counters[place] += count
            self._totals[place] += count

    def of_window(self, now: float) -> list[int]:
        """How many of each there were, in the order of the names."""
        self._forget(now)
        return self._totals

    def clear(self) -> None:
        self._slots.clear()
        self._totals = [0] * len(self._names)

    def _forget(self, now: float) -> None:
        oldest = floor(now / self._width) - self._steps
        slots = self._slots
        while slots and slots[0][0] <= oldest:
            _, counters = slots.popleft()
            self._totals = [total - count for total, count in zip(self._totals, counters, strict=True)]


class Latest:
    """The last `size` numbers, and their quantiles."""

    __slots__ = ("_in_order", "_size", "_sorted")

    def __init__(self, size: int) -> None:
        self._size = size
        self._in_order: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, value: float) -> None:
        if len(self._in_order) == self._size:
            del self._sorted[bisect_left(self._sorted, self._in_order.popleft())]
        self._in_order.append(value)
        insort(self._sorted, value)

    def quantile(self, share: float) -> float:
        """The smallest of them that is at least as large as this share of them (NumPy's `inverted_cdf`)."""
        return self._sorted[max(0, ceil(share * len(self._sorted)) - 1)]
