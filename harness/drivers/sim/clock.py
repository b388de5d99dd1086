"""Timers in virtual time. What comes in the order in which it was set waits in a lane: of thousands only one is in the
heap."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from heapq import heappush
from typing import Any

from .loop import Callback, Entry, Loop, Tick, fire


class Lane:
    """Timers in the order in which they are due, as all of one length are: only the head is in the heap.

    A timer takes its number in the loop's order when it is set, and the head stands in the heap under it: among timers
    that are due at the same time it fires where it would have fired without a lane.
    """

    __slots__ = ("_heap", "has_head", "waiting")

    def __init__(self, heap: list[Entry]) -> None:
        self._heap = heap
        self.waiting: deque[Entry] = deque()
        """Those behind the head."""
        self.has_head = False

    def becomes_head(self, entry: Entry) -> None:
        """What stands for it in the heap cannot be called off: it brings the next one up."""
        self.has_head = True
        when, order, number, tick = entry
        head = Tick()
        head.callback, head.argument = self._fire_head, tick
        heappush(self._heap, (when, order, number, head))

    def _fire_head(self, tick: Tick, _: object = None) -> None:
        waiting = self.waiting
        self.has_head = False
        while waiting:
            entry = waiting.popleft()
            if entry[3].callback is not None:  # what was called off is dropped
                self.becomes_head(entry)
                break
        fire(tick)


class SimClock:
    """Virtual time. Timers that are due at the same time fire in the order in which they were set."""

    def __init__(self, lanes: Iterable[float] = ()) -> None:
        self.env = env = Loop()
        heap, number = env._queue, env._eid.__next__
        lane_of = {seconds: Lane(heap) for seconds in lanes}.get

        # Functions that know where everything is: as methods they would look it up five times a call.

        def now() -> float:
            return env._now

        def timer(delay: float, callback: Callback, argument: Any, order: int = 0) -> Tick:
            tick = Tick()
            tick.callback = callback
            tick.argument = argument
            entry = (env._now + delay, order, number(), tick)
            if order or (lane := lane_of(delay)) is None:
                heappush(heap, entry)
            elif lane.has_head:
                lane.waiting.append(entry)
            else:
                lane.becomes_head(entry)
            return tick

        self.now = now
        self.timer = timer
        """Call `callback(argument, None)` after `delay` seconds. Of what is due at the same time the least `order`
        comes first, then what was set first."""

    def settle(self) -> None:
        """What has been set so far, the first call of each client, waits in a lane of its own: of a hundred thousand
        only the next is in the heap, through which all else has to find its way."""
        heap = self.env._queue
        lane = Lane(heap)
        lane.waiting.extend(sorted(heap))
        heap.clear()
        if lane.waiting:
            lane.becomes_head(lane.waiting.popleft())

    def at(self, when: float, callback: Callback, argument: Any) -> Tick:
        """The same at a time: at that very time, whatever the rounding of differences, or now if it is past."""
        env = self.env
        return env.put(max(when, env._now), 0, callback, argument)
