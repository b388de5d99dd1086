"""Sums over the last so many ticks, in as much memory as the longest window has ticks."""

from __future__ import annotations

import math
from collections import deque

from .signal import Sums

FEWEST = 8
"""Blocks that must be known before anybody says what is usual."""
_ROUNDING = 1e-12
"""Of the square of the largest value: a variance below that is none."""


class Window:
    """The sums of the last `seconds`, or of as much as there has been."""

    __slots__ = ("_held", "_most", "bottom", "top")

    def __init__(self, seconds: float, step: float) -> None:
        """`step`: seconds of a tick."""
        self._most = max(1, round(seconds / step))
        self._held: deque[Sums] = deque()
        self.top = self.bottom = 0.0

    def add(self, sums: Sums) -> None:
        """A tick is over."""
        self._held.append(sums)
        self.top += sums[0]
        self.bottom += sums[1]
        if len(self._held) > self._most:
            top, bottom = self._held.popleft()
            self.top -= top
            self.bottom -= bottom
            if not self.bottom:  # whatever rounding has left of it
                self.top = self.bottom = 0.0

    @property
    def ratio(self) -> float | None:
        """None where nothing has been counted."""
        return max(0.0, self.top) / self.bottom if self.bottom > 0 else None


class Blocks:
    """Ticks put together to blocks of `every` seconds."""

    __slots__ = ("_bottom", "_left", "_size", "_top")

    def __init__(self, every: float, step: float) -> None:
        self._size = self._left = max(1, round(every / step))
        self._top = self._bottom = 0.0

    def add(self, sums: Sums) -> Sums | None:
        """The sums of the block that this tick has completed; None if it has not."""
        self._top += sums[0]
        self._bottom += sums[1]
        self._left -= 1
        if self._left:
            return None
        found = (self._top, self._bottom)
        self._top = self._bottom = 0.0
        self._left = self._size
        return found


class Past:
    """Mean and standard deviation of the values between `lag` and `lag + lasts` blocks ago: what is usual."""

    __slots__ = ("_held", "_lag", "_largest", "_lasts", "_shift", "_squares", "_sum", "_young", "count")

    def __init__(self, lag: int, lasts: int) -> None:
        self._lag, self._lasts = lag, lasts
        self.count = 0
        """Values there are."""
        self._young: deque[float | None] = deque()
        self._held: deque[float | None] = deque()
        self._sum = self._squares = self._largest = 0.0
        self._shift: float | None = None

    def add(self, value: float | None) -> None:
        """The value of a block that is over; None for one in which there was nothing."""
        self._young.append(value)
        if len(self._young) <= self._lag:
            return
        self._turn(self._young.popleft(), 1)
        if len(self._held) > self._lasts:
            self._turn(self._held.popleft(), -1)

    def _turn(self, value: float | None, sign: int) -> None:
        if sign > 0:
            self._held.append(value)
        if value is None:
            return
        if self._shift is None:
            self._shift = value  # sums of squares lose nothing to a mean far from 0
        apart = value - self._shift
        self._largest = max(self._largest, abs(apart))
        self.count += sign
        self._sum += sign * apart
        self._squares += sign * apart * apart

    def usual(self) -> tuple[float, float] | None:
        """Mean and standard deviation, as Prometheus takes it: over all of them; None while there are too few."""
        if self.count < FEWEST or self._shift is None:
            return None
        mean = self._sum / self.count
        variance = self._squares / self.count - mean * mean
        # What rounding has left of values that are gone is no spread.
        is_none = variance <= _ROUNDING * self._largest**2
        return self._shift + mean, 0.0 if is_none else math.sqrt(variance)
