"""The scheduler of virtual time: one clock, its timers, and strands of blocking code that take turns.

A strand (a greenlet) runs until it has to wait; then the hub, a greenlet of its own, runs what is ready, and when
nothing is, the clock jumps to the next timer. Callbacks run in the hub and may not wait.
"""

from __future__ import annotations

from _thread import get_ident
from asyncio.events import _get_running_loop, _set_running_loop
from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from .errors import NobodyCanProceed, TimeStandsStill

_MOST_TURNS = 5_000_000
"""Turns taken in one instant before that counts as running in circles; a crowd of 10,000 takes a tenth of it."""
_FEW = 512
"""Timers that were called off and may stay in the heap, however few others there are."""

Why = str | Callable[[], str]
"""What somebody waits for: a text, or what makes it when it is asked for."""


class Timer:
    """A callback that is due at some time."""

    __slots__ = ("_args", "_hub", "callback", "when")

    def __init__(self, hub: Hub, when: float, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._hub = hub
        self.when = when
        self.callback: Callable[..., object] | None = callback
        self._args = args

    def cancel(self) -> None:
        """Call it off. Idempotent."""
        if self.callback is not None:
            self.callback, self._args = None, ()
            self._hub.timer_called_off()

    def fire(self) -> None:
        callback, args = self.callback, self._args
        self.callback = None
        if callback is not None:
            callback(*args)


class Strand(greenlet):
    """Blocking code that takes turns with others, as a thread would."""

    def __init__(self, run: Callable[[], object], parent: greenlet, name: str, ident: int) -> None:
        super().__init__(run, parent)
        self.name = name
        self.ident = ident


class _Wait:
    """A strand that waits. `answer` is what its `park` will return."""

    __slots__ = ("answer", "strand", "why")

    def __init__(self, strand: greenlet, why: Why) -> None:
        self.strand = strand
        self.why = why
        self.answer = False


class Hub:
    """Starts at 0 s. Belongs to the thread, and the greenlet, that made it: its main strand."""

    def __init__(self) -> None:
        self._now = 0.0
        self._thread = get_ident()
        self._main = getcurrent()
        self._greenlet = greenlet(self._run, self._main)
        self._ready: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._timers: list[tuple[float, int, int, Timer]] = []
        self._numbers = count()
        self._called_off = 0
        self._turns = 0
        self._waiting: dict[greenlet, _Wait] = {}
        self._strands: dict[Strand, None] = {}

    def is_here(self) -> bool:
        """Whether this is the thread that virtual time rules in, and it has not ended."""
        return get_ident() == self._thread

    # -- the clock

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def call_soon(self, callback: Callable[..., object], *args: Any) -> None:
        """Call it in this instant, after what is ready already."""
        self._ready.append((callback, args))

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, order: int = 0) -> Timer:
        """Call it after so many seconds. See `call_at`."""
        return self.call_at(self._now + delay, callback, *args, order=order)

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, order: int = 0) -> Timer:
        """Call it then. Of what is due at the same time the least `order` comes first, then what was set first."""
        timer = Timer(self, when, callback, args)
        heappush(self._timers, (when, order, next(self._numbers), timer))
        return timer

    def timer_called_off(self) -> None:
        """Drop the dead ones once they are the most: a long stream calls off a limit for each of its events."""
        self._called_off += 1
        if self._called_off > _FEW and self._called_off * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if entry[3].callback is not None]
            heapify(self._timers)
            self._called_off = 0

    # -- strands

    def spawn(self, run: Callable[[], object], name: str, ident: int) -> Strand:
        """Begin a strand, in this instant. What it raises ends the main strand with it."""
        strand = Strand(lambda: self._strand(run), self._greenlet, name, ident)
        self._strands[strand] = None
        self._ready.append((strand.switch, ()))
        return strand

    def _strand(self, run: Callable[[], object]) -> None:
        _set_running_loop(None)
        try:
            run()
        except GreenletExit:
            pass
        finally:
            del self._strands[getcurrent()]  # type: ignore[arg-type]

    def park(self, seconds: float | None, why: Why) -> bool:
        """Wait, at most so long (None: for ever), until somebody calls `wake`; whether somebody did."""
        return self.park_until(None if seconds is None else self._now + seconds, why)

    def park_until(self, when: float | None, why: Why) -> bool:
        """The same with a time."""
        strand = getcurrent()
        if strand is self._greenlet:
            raise RuntimeError(f"a callback of the scheduler may not wait for {_told(why)}")
        wait = _Wait(strand, why)
        limit = None if when is None else self.call_at(max(when, self._now), self._resume, wait)
        try:
            return self._switch(wait)
        finally:
            if limit is not None:
                limit.cancel()

    def turn(self) -> None:
        """Let everybody else who is ready go first."""
        self._count_turn()
        strand = getcurrent()
        if self._ready and strand is not self._greenlet:
            wait = _Wait(strand, "its next turn")
            wait.answer = True
            self._ready.append((self._resume, (wait,)))
            self._switch(wait)

    def _switch(self, wait: _Wait) -> bool:
        self._waiting[wait.strand] = wait
        loop = _get_running_loop()  # asyncio keeps it by thread, and does not know of strands
        try:
            return bool(self._greenlet.switch())
        finally:
            self._waiting.pop(wait.strand, None)
            _set_running_loop(loop)

    def wake(self, strand: greenlet) -> None:
        """Let a strand that waits go on; nothing happens to one that does not."""
        wait = self._waiting.get(strand)
        if wait is not None and not wait.answer:
            wait.answer = True
            self._ready.append((self._resume, (wait,)))

    def waiter(self) -> Waiter:
        """One wait of the current strand, that may be over before it has begun."""
        return Waiter(self)

    def current_strand(self) -> Strand:
        """Who runs. Raises `RuntimeError` outside strands."""
        strand = getcurrent()
        if not isinstance(strand, Strand):
            raise RuntimeError("not in a strand")
        return strand

    def kill(self, strand: Strand, error: type[BaseException] | BaseException = GreenletExit) -> None:
        """Raise this in a strand, where it waits, at once if the hub runs. One that has not begun never will."""
        if strand.dead:
            return
        if not strand:  # not begun: its turn will come, and find it dead
            self._strands.pop(strand, None)
        if getcurrent() is self._greenlet:
            strand.throw(error)
        else:
            self._ready.append((self._throw, (strand, error)))

    def _throw(self, strand: Strand, error: type[BaseException] | BaseException) -> None:
        if not strand.dead:
            strand.throw(error)

    def close(self) -> None:
        """End every strand that is left, the oldest first."""
        for strand in tuple(self._strands):
            self.kill(strand)
        while self._strands and self._ready:
            self.turn()
        self._thread = 0

    # -- in the hub

    def _run(self) -> None:
        while True:
            try:
                self._go_on()
            except BaseException as error:  # a defect of a callback's, or Ctrl-C: whoever began all this must know
                self._main.throw(error)

    def _go_on(self) -> None:
        while True:
            ready = self._ready
            while ready:
                callback, args = ready.popleft()
                callback(*args)
            timers = self._timers
            while timers and timers[0][3].callback is None:
                heappop(timers)
                self._called_off -= 1
            if not timers:
                raise NobodyCanProceed(self._who_waits())
            when, _, _, timer = heappop(timers)
            if when > self._now:
                self._now, self._turns = when, 0
            timer.fire()

    def _resume(self, wait: _Wait) -> None:
        if self._waiting.get(wait.strand) is wait:
            self._count_turn()
            wait.strand.switch(wait.answer)

    def _count_turn(self) -> None:
        self._turns += 1
        if self._turns > _MOST_TURNS:
            self._turns = 0
            raise TimeStandsStill(
                f"at {self._now:g} s of virtual time {_MOST_TURNS:,} turns were taken and nobody waited: something "
                "runs in circles, where in real time the clock would have gone on. " + self._who_waits()
            )

    def _who_waits(self) -> str:
        lines = [f"  {_name(strand)} waits for {_told(wait.why)}" for strand, wait in self._waiting.items()]
        return "\n".join([f"At {self._now:g} s of virtual time:", *lines])


class Waiter:
    """Lets the strand that made it wait until `wake` is called, or does not if that has happened."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._strand = getcurrent()
        self._is_woken = False

    def wake(self) -> None:
        self._is_woken = True
        self._hub.wake(self._strand)

    def wait(self, seconds: float | None, why: Why) -> bool:
        """At most so long; whether it was woken."""
        return self._is_woken or self._hub.park(seconds, why)


def _name(strand: greenlet) -> str:
    return f"thread {strand.name!r}" if isinstance(strand, Strand) else "the main thread"


def _told(why: Why) -> str:
    return why if isinstance(why, str) else why()
