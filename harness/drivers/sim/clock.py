"""Timers on SimPy. A limit of constant length waits in a lane, so that of thousands only one is in SimPy's heap."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from simpy import Environment
from simpy.events import NORMAL, Event


class Tick(Event):
    """A timer: SimPy's event reduced to what a callback needs (a `Timeout` with a closure takes twice as long)."""

    __slots__ = ("argument", "callback", "callbacks", "when")

    _ok = True

    def __init__(self, callback: Callable[[Any, Any], None], argument: Any, when: float) -> None:
        self.callbacks = _FIRE
        self.callback: Callable[[Any, Any], None] | None = callback
        self.argument = argument
        self.when = when

    def cancel(self) -> None:
        """The event stays in SimPy's heap, and does nothing there."""
        self.callback = self.argument = None


def _fire(tick: Any) -> None:
    callback = tick.callback
    if callback is not None:
        tick.callback = None
        callback(tick.argument, None)


_FIRE: Any = (_fire,)


class Lane:
    """All timers of one length, first in, first out: only the head needs an event."""

    __slots__ = ("_clock", "_waiting", "seconds")

    def __init__(self, clock: SimClock, seconds: float) -> None:
        self._clock = clock
        self._waiting: deque[Tick] = deque()
        self.seconds = seconds

    def add(self, callback: Callable[[Any, Any], None], argument: Any) -> Tick:
        tick = Tick(callback, argument, self._clock.env._now + self.seconds)
        self._waiting.append(tick)
        if len(self._waiting) == 1:
            self._watch(tick)
        return tick

    def _watch(self, head: Tick) -> None:
        self._clock.at(head.when, self._sweep, None)

    def _sweep(self, _: object, __: object = None) -> None:
        """Fire what is due, drop what was cancelled, and watch the next."""
        waiting, now = self._waiting, self._clock.env._now
        while waiting:
            head = waiting[0]
            if head.callback is not None:
                if head.when > now:
                    self._watch(head)
                    return
                # It stays at the head while it fires: what is added meanwhile must not start a second watch.
                _fire(head)
            waiting.popleft()


class SimClock:
    """Virtual time."""

    def __init__(self, lanes: Iterable[float] = ()) -> None:
        self.env = Environment()
        self._schedule = self.env.schedule
        self.lanes = {seconds: Lane(self, seconds) for seconds in lanes}

    def now(self) -> float:
        return self.env._now

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any) -> Tick:
        """Call `callback(argument, None)` after `delay` seconds."""
        lane = self.lanes.get(delay)
        if lane is not None:
            return lane.add(callback, argument)
        tick = Tick(callback, argument, 0.0)
        self._schedule(tick, NORMAL, delay)
        return tick

    def at(self, when: float, callback: Callable[[Any, Any], None], argument: Any) -> Tick:
        """The same at a time; never before it, whatever the rounding of differences."""
        tick = Tick(callback, argument, when)
        self._schedule(tick, NORMAL, max(0.0, when - self.env._now))
        return tick
