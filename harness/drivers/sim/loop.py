"""SimPy's environment with a loop of its own: its heap holds timers that call one function, and nothing else.

SimPy keeps a list of callbacks for each event, and goes through it in a method of its own for each. The simulator sets
five timers a call, of which each has one callback: to call it from the loop itself takes half the time.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, NoReturn, TypeAlias

from simpy import Environment, Event
from simpy.core import EmptySchedule
from simpy.events import NORMAL

Callback = Callable[[Any, Any], None]


class Tick:
    """A timer. It is made without a function of its own, and filled in by who sets it: half the time of an
    `__init__`."""

    __slots__ = ("argument", "callback")

    callback: Callback | None
    argument: Any

    def cancel(self) -> None:
        """It stays in the heap, and does nothing there."""
        self.callback = self.argument = None


Entry: TypeAlias = tuple[float, int, int, Tick]
"""A timer as it stands in the heap: when, order, number, and what is to be done."""


class Loop(Environment):
    """What SimPy puts into it (processes, events) is played as SimPy would."""

    _queue: list[Entry]  # type: ignore[assignment]

    def schedule(self, event: Event, priority: int = NORMAL, delay: float = 0) -> None:
        self.put(self._now + delay, priority - NORMAL, _process, event)

    def put(self, when: float, order: int, callback: Callback, argument: Any) -> Tick:
        """Call `callback(argument, None)` then."""
        tick = Tick()
        tick.callback, tick.argument = callback, argument
        heappush(self._queue, (when, order, next(self._eid), tick))
        return tick

    def step(self) -> None:
        """The next timer alone."""
        if not self._queue:
            raise EmptySchedule
        self._now, _, _, tick = heappop(self._queue)
        fire(tick)

    def run(self, until: float | None = None) -> None:  # type: ignore[override]
        """Until there is nothing left, or to that time: what is due then is not played any more."""
        heap = self._queue
        if until is not None:
            self.put(until, -2, _stop, None)  # before all else, SimPy's urgent events too
        try:
            while heap:
                self._now, _, _, tick = heappop(heap)
                callback = tick.callback
                if callback is not None:
                    tick.callback = None
                    callback(tick.argument, None)
        except _Over:
            pass


def fire(tick: Tick) -> None:
    """Do what is to be done. Once: or it would hold on to who set it, and they to it."""
    callback, tick.callback = tick.callback, None
    if callback is not None:
        callback(tick.argument, None)


class _Over(Exception):
    """The time has come until which it was to run."""


def _stop(_: object, __: object) -> NoReturn:
    raise _Over


def _process(event: Event, _: object = None) -> None:
    """An event of SimPy's own, as SimPy's `step` does it."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    for callback in callbacks:
        callback(event)
    if not event.ok and not event.defused:
        raise event.value  # type: ignore[misc]
