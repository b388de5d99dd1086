"""SimPy's environment with a loop of its own: its heap holds timers that call one function, and nothing else.

SimPy keeps a list of callbacks for each event, and goes through it in a method of its own for each. The simulator sets
five timers a call, of which each has one callback: to call it from the loop itself takes half the time.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf
from typing import Any

from simpy import Environment, Event
from simpy.core import EmptySchedule
from simpy.events import NORMAL

Callback = Callable[[Any, Any], None]


class Tick(list[Any]):
    """A timer as it stands in the heap: when, order, number, callback, argument.

    A list, as the heap compares those without a call, and as it is made without one."""

    __slots__ = ()

    def cancel(self) -> None:
        """It stays in the heap, and does nothing there."""
        self[3] = self[4] = None


class Loop(Environment):
    """What SimPy puts into it (processes, events) is played as SimPy would."""

    _queue: list[Tick]  # type: ignore[assignment]

    def schedule(self, event: Event, priority: int = NORMAL, delay: float = 0) -> None:
        heappush(self._queue, Tick((self._now + delay, priority, next(self._eid), _process, event)))

    def step(self) -> None:
        if not self._queue:
            raise EmptySchedule
        self._play(heappop(self._queue))

    def run(self, until: float | None = None) -> None:  # type: ignore[override]
        """Until there is nothing left, or to that time: what is due then is not played any more."""
        heap, end = self._queue, inf if until is None else until
        while heap and heap[0][0] < end:
            tick = heappop(heap)
            self._now = tick[0]
            callback = tick[3]
            if callback is not None:
                tick[3] = None  # or it would hold on to who set it, and they to it
                callback(tick[4], None)
        if until is not None:
            self._now = until

    def _play(self, tick: Tick) -> None:
        self._now = tick[0]
        callback, tick[3] = tick[3], None
        if callback is not None:
            callback(tick[4], None)


def _process(event: Event, _: object = None) -> None:
    """An event of SimPy's own, as SimPy's `step` does it."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)
    if not event.ok and not event.defused:
        raise event.value  # type: ignore[misc]
