"""The clock on the wall, and an event loop's timers beside it."""

from __future__ import annotations

import asyncio
import math
import time  # noqa: TID251 - this is the driver of the wire
from collections.abc import Callable
from typing import Any

from ..player import Handle

_TICK = 0.001


class Wall:
    """Time as it is. Not a loop's own: uvloop's stands still until it looks again, so that nobody would see that the
    server was late."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._counts_ticks = not isinstance(loop, asyncio.BaseEventLoop)
        """Whether it rounds to whole milliseconds, as all on libuv do; by itself it would be early as often as late."""

    time = staticmethod(time.monotonic)

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Handle:
        """A timer. Loops wait for whole milliseconds: of their floor, half a one on the average, no delay is free."""
        if self._counts_ticks:
            delay = math.ceil(delay / _TICK) * _TICK
        return self._loop.call_later(delay, callback, *args)
