"""A clock that jumps while somebody waits for the service, and goes with the machine's in between."""

from __future__ import annotations

import math
import threading
import time  # noqa: TID251 - the real half of this clock
from collections.abc import Iterator
from contextlib import contextmanager

from greenlet import getcurrent

from brownout.fakes.virtual.hub import Hub

_WORTH_IT = 1e-3
"""Seconds that may pass outside unnoticed: most of a visit's cost is to let time pass."""


def real() -> float:
    """Seconds of the machine."""
    return time.monotonic()


class Clock(Hub):
    """The scheduler of virtual time alone, ruling nobody: threads take turns with it, and it reads the real clock.

    What a program does between two visits takes as long as it takes; what the service does takes no time, and counts.
    """

    def __init__(self, limit: float = math.inf) -> None:
        """`limit`: as `Hub` has it."""
        super().__init__(limit)
        self._lock = threading.RLock()
        self._last = limit
        self._left = real()
        """When the last visit ended."""
        self._passed = 0.0
        """Seconds that have passed outside, and not here."""

    def is_here(self) -> bool:
        """It is for every thread."""
        return True

    @contextmanager
    def visited(self) -> Iterator[None]:
        """While this lasts, the caller's thread has the clock to itself, and time goes on by jumps alone."""
        with self._lock:
            self._main = getcurrent()  # who hears of defects: nobody else waits
            try:
                self._passed += real() - self._left
                if self._passed >= _WORTH_IT:
                    self._catch_up()
                self.turn()
                yield
                self.turn()
            finally:
                self._left = real()

    def _catch_up(self) -> None:
        """Let pass what has passed outside."""
        seconds, self._passed = self._passed, 0.0
        if self.time() + seconds < self._last:
            self.park(seconds, "what has passed outside")
