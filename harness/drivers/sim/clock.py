"""Timers in virtual time. A limit of constant length waits in a lane, so that of thousands only one is in the heap."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from heapq import heappush
from typing import Any

from simpy.events import NORMAL

from .loop import Callback, Loop, Tick


class Lane:
    """All timers of one length, first in, first out: only the head is in the heap.

    A timer takes its number in the loop's order when it is set, and the head stands in the heap under it: among timers
    that are due at the same time it fires where it would have fired without a lane.
    """

    __slots__ = ("_env", "_has_head", "_seconds", "_waiting")

    def __init__(self, env: Loop, seconds: float) -> None:
        self._env = env
        self._seconds = seconds
        self._waiting: deque[Tick] = deque()
        """Those behind the head."""
        self._has_head = False

    def add(self, callback: Callback, argument: Any) -> Tick:
        env = self._env
        tick = Tick((env._now + self._seconds, NORMAL, next(env._eid), callback, argument))
        if self._has_head:
            self._waiting.append(tick)
        else:
            self._becomes_head(tick)
        return tick

    def _becomes_head(self, tick: Tick) -> None:
        """What stands for it in the heap cannot be called off: it brings the next one up."""
        self._has_head = True
        when, order, number, *_ = tick
        heappush(self._env._queue, Tick((when, order, number, self._fire_head, tick)))

    def _fire_head(self, head: Tick, _: object = None) -> None:
        waiting = self._waiting
        self._has_head = False
        while waiting:
            following = waiting.popleft()
            if following[3] is not None:  # what was called off is dropped
                self._becomes_head(following)
                break
        callback, head[3] = head[3], None
        if callback is not None:
            callback(head[4], None)


class SimClock:
    """Virtual time. Timers that are due at the same time fire in the order in which they were set."""

    def __init__(self, lanes: Iterable[float] = ()) -> None:
        self.env = Loop()
        self._lanes = {seconds: Lane(self.env, seconds) for seconds in lanes}

    def now(self) -> float:
        return self.env._now

    def timer(self, delay: float, callback: Callback, argument: Any, order: int = 0) -> Tick:
        """Call `callback(argument, None)` after `delay` seconds. Of what is due at the same time the least `order`
        comes first, then what was set first."""
        if not order and delay in self._lanes:
            return self._lanes[delay].add(callback, argument)
        env = self.env
        tick = Tick((env._now + delay, NORMAL + order, next(env._eid), callback, argument))
        heappush(env._queue, tick)
        return tick

    def at(self, when: float, callback: Callback, argument: Any) -> Tick:
        """The same at a time: at that very time, whatever the rounding of differences, or now if it is past."""
        env = self.env
        tick = Tick((max(when, env._now), NORMAL, next(env._eid), callback, argument))
        heappush(env._queue, tick)
        return tick
