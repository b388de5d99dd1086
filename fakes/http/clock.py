"""A clock of the machine as seconds of the scenario: the one place where a time scale is applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..backend import Handle


class Ticking(Protocol):
    """An event loop on the wall clock, one in virtual time, or virtual time itself."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Handle: ...


class ScaledClock:
    """Time runs `scale` times as fast as on the clock below, from 0 when `start` is called."""

    def __init__(self, clock: Ticking, scale: float = 1.0) -> None:
        self._clock = clock
        self._time = clock.time
        self.scale = scale
        self._zero = clock.time()

    def start(self) -> None:
        """This is second 0."""
        self._zero = self._time()

    def now(self) -> float:
        return (self._time() - self._zero) * self.scale

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any, order: int = 0) -> Handle:
        """Call `callback(argument, None)` after `delay` seconds of the scenario. `order` is for clocks that can tell
        two events of the same instant apart; time on the wall has none."""
        return self._clock.call_later(delay / self.scale, callback, argument, None)
