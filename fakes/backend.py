"""What a backend gives to whoever plays plans: a clock with timers, and a sink for what there is to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .plan import Drip, Step, Tokens


class Handle(Protocol):
    """A timer that was set."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What a backend's driver offers: the time in seconds of the scenario, and timers.

    A timer calls `callback(argument, None)`, never before `timer` has returned. Where time is virtual, of those due at
    the same time the least `order` comes first.
    """

    def now(self) -> float: ...

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any, /, order: int = 0) -> Handle: ...


class Sink(Protocol):
    """Where the answer goes: a socket's protocol, or the model of a client."""

    def measure(self, step: Drip) -> int:
        """How many pieces the bytes of a drip make. They are what `Drops` are of, until all have come."""

    def emit(self, step: Step) -> None:
        """A step with something to see has been reached."""

    def accepts_run(self, run: Tokens) -> bool:
        """Whether this run of tokens may come as one step at its end. Asked when the run begins, and once more after
        its first token: whoever only waits for that lets the rest come as one."""
