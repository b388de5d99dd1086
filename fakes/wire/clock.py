"""The wall clock as seconds of the scenario: the one place where a time scale is applied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class WireClock:
    """Time runs `scale` times as fast as on the wall, from 0 when `start` is called."""

    def __init__(self, loop: asyncio.AbstractEventLoop, scale: float = 1.0) -> None:
        self._loop = loop
        self.scale = scale
        self._zero = loop.time()

    def start(self) -> None:
        """This is second 0."""
        self._zero = self._loop.time()

    def now(self) -> float:
        return (self._loop.time() - self._zero) * self.scale

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any) -> asyncio.TimerHandle:
        """Call `callback(argument, None)` after `delay` seconds of the scenario."""
        return self._loop.call_later(delay / self.scale, callback, argument, None)
