"""How long somebody waits for the other side to go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf


class Patience:
    """Waits for one thing at a time, and calls `lost` when it has not come after so many real seconds.

    What comes in time costs no timer: one that was set is left alone, and looks, when it is due, how long the wait of
    that moment has lasted. A client that sends each request in two pieces sets one a minute, not one a request.
    """

    __slots__ = ("_is_waiting", "_lost", "_seconds", "_since", "_timer")

    def __init__(self, seconds: float, lost: Callable[[], None]) -> None:
        """Endless `seconds` need no event loop."""
        self._seconds, self._lost = seconds, lost
        self._is_waiting = False
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Wait from now on, for something else or for the next piece."""
        if self._seconds == inf:
            return
        loop = asyncio.get_running_loop()
        self._is_waiting, self._since = True, loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)

    def rest(self) -> None:
        """It has come."""
        self._is_waiting = False

    def end(self) -> None:
        """Nothing will be waited for any more, and nobody is known who could be told."""
        self._is_waiting, self._lost = False, _nothing
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if not self._is_waiting:
            return
        loop = asyncio.get_running_loop()
        left = self._since + self._seconds - loop.time()
        if left > 0.0:
            self._timer = loop.call_later(left, self._look)
        else:
            self._is_waiting = False
            self._lost()


def _nothing() -> None:
    """To be done."""
