"""Timers on SimPy. A limit of constant length waits in a lane, so that of thousands only one is in SimPy's heap."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappush
from typing import Any

from simpy import Environment
from simpy.events import NORMAL, Event


class Tick(Event):
    """A timer: SimPy's event reduced to what a callback needs (a `Timeout` with a closure takes twice as long)."""

    __slots__ = ("argument", "callback", "callbacks")

    _ok = True

    def __init__(self, callback: Callable[[Any, Any], None], argument: Any, callbacks: Any) -> None:
        self.callbacks = callbacks
        self.callback: Callable[[Any, Any], None] | None = callback
        self.argument = argument

    def cancel(self) -> None:
        """The event stays in SimPy's heap, and does nothing there."""
        self.callback = self.argument = None


def _fire(tick: Any) -> None:
    callback = tick.callback
    if callback is not None:
        tick.callback = None
        callback(tick.argument, None)


_FIRE = (_fire,)


class Lane:
    """All timers of one length, first in, first out: only the head is in SimPy's heap.

    A timer takes its number in SimPy's order when it is set, and keeps it when it becomes the head: among timers
    that are due at the same time it fires where it would have fired without a lane.
    """

    __slots__ = ("_callbacks", "_env", "_has_head", "_seconds", "_waiting")

    def __init__(self, env: Environment, seconds: float) -> None:
        self._env = env
        self._seconds = seconds
        self._waiting: deque[tuple[Any, ...]] = deque()
        """What SimPy's heap will hold of those behind the head."""
        self._has_head = False
        self._callbacks = (self._fire_head,)

    def add(self, callback: Callable[[Any, Any], None], argument: Any) -> Tick:
        env, tick = self._env, Tick(callback, argument, self._callbacks)
        entry = (env._now + self._seconds, NORMAL, next(env._eid), tick)
        if self._has_head:
            self._waiting.append(entry)
        else:
            self._has_head = True
            heappush(env._queue, entry)
        return tick

    def _fire_head(self, head: Tick) -> None:
        waiting = self._waiting
        self._has_head = False
        while waiting:
            entry = waiting.popleft()
            if entry[3].callback is not None:  # what was called off is dropped
                self._has_head = True
                heappush(self._env._queue, entry)
                break
        _fire(head)


class SimClock:
    """Virtual time. Timers that are due at the same time fire in the order in which they were set."""

    def __init__(self, lanes: Iterable[float] = ()) -> None:
        self.env = Environment()
        self._schedule = self.env.schedule
        self._lanes = {seconds: Lane(self.env, seconds) for seconds in lanes}

    def now(self) -> float:
        return self.env._now

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any, order: int = 0) -> Tick:
        """Call `callback(argument, None)` after `delay` seconds. Of what is due at the same time the least `order`
        comes first, then what was set first."""
        if order:
            tick = Tick(callback, argument, _FIRE)
            self._schedule(tick, NORMAL + order, delay)  # type: ignore[arg-type]  # any number: SimPy compares it
            return tick
        lane = self._lanes.get(delay)
        if lane is not None:
            return lane.add(callback, argument)
        tick = Tick(callback, argument, _FIRE)
        self._schedule(tick, NORMAL, delay)
        return tick

    def at(self, when: float, callback: Callable[[Any, Any], None], argument: Any) -> Tick:
        """The same at a time: at that very time, whatever the rounding of differences, or now if it is past."""
        env, tick = self.env, Tick(callback, argument, _FIRE)
        heappush(env._queue, (max(when, env._now), NORMAL, next(env._eid), tick))
        return tick
