"""The clock of an event loop that counts whole milliseconds, as all on libuv do."""

from __future__ import annotations

import asyncio
import math
import time  # noqa: TID251 - this is the driver of the wire
from collections.abc import Callable
from typing import Any

from ..backend import Handle
from ..endpoint import INSTANT
from ..http.clock import Ticking

_TICK = 0.001


class Ticks:
    """Such a loop's time, but for one thing: its own stands still until it looks again, so that nobody would see that
    the server was late.

    Time goes in ticks, as timers do, and what is due between two of them comes at the second. With time that is finer
    than its timers, the steps of a stream come now one tick late and now in time; rounded, as the loop does it, they
    are early as well. What is to come 50 ms after a request comes within a millisecond of that, either way.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    @staticmethod
    def time() -> float:
        return time.monotonic_ns() // 1_000_000 * _TICK

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Handle:
        return self._loop.call_later(math.ceil((delay - INSTANT) / _TICK) * _TICK, callback, *args)


def clock_of(loop: asyncio.AbstractEventLoop) -> Ticking:
    """Asyncio's own loops are exact as they are."""
    return loop if isinstance(loop, asyncio.BaseEventLoop) else Ticks(loop)
