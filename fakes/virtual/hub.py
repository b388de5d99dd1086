"""The scheduler of virtual time: one clock, its timers, and strands of blocking code that take turns.

A strand (a greenlet) runs until it has to wait; then it runs what is ready, and when nothing is, lets the clock jump
to the next timer, until it is its own turn again or that of another strand, to which it switches. So the scheduler has
no place of its own: who waits alone never switches at all. Callbacks may not wait, whosever wait they fall into.
"""

from __future__ import annotations

import math
import sys
from _thread import get_ident
from asyncio.events import _get_running_loop, _set_running_loop
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from .errors import NobodyCanProceed, TimeIsUp, TimeStandsStill, VirtualTimeError
from .timers import Timer, Timers

_MOST_TURNS = 5_000_000
"""Turns taken in one instant before that counts as running in circles; a crowd of 10,000 takes a tenth of it."""
_PATIENCE = 10_000
"""Turns that somebody takes while there are timers due in that very instant: what it waits for may be one of them."""
_MOST_LOOKS = 200_000
"""Looks at the clock in a row, of somebody who never waits, until it is seen to go on. No crowd takes as many."""
_LOOK = 1e-3
"""What each takes from then on, in seconds."""
_LAST = 1 << 80
"""An order behind all others, those of identities too."""
_ROUNDS = 100
"""How often a strand is told to end, that waits again while it cleans up."""

Why = str | Callable[[], str]
"""What somebody waits for: a text, or what makes it when it is asked for."""


class Strand(greenlet):
    """Blocking code that takes turns with others, as a thread would."""

    def __init__(self, run: Callable[[], object], parent: greenlet, name: str, ident: int) -> None:
        super().__init__(run, parent)
        self.name = name
        self.ident = ident
        self.thread: Any = None
        """What `threading` knows it as."""


class _Wait:
    """A strand that waits. `answer` is what its `park` will return."""

    __slots__ = ("answer", "strand", "why")

    def __init__(self, strand: greenlet, why: Why) -> None:
        self.strand = strand
        self.why = why
        self.answer = False


class Hub:
    """Starts at 0 s. Belongs to the thread, and the greenlet, that made it: its main strand."""

    def __init__(self, limit: float = math.inf) -> None:
        """`limit`: seconds of virtual time after which `TimeIsUp` ends whoever still waits."""
        self._now = 0.0
        self._limit = limit
        self._thread = get_ident()
        self._main = getcurrent()
        self._last_resort = greenlet(self._run, self._main)
        """Goes on where a strand has come to its end, and begins new ones."""
        self._ready: deque[tuple[Callable[..., object] | None, tuple[Any, ...]]] = deque()
        """What is to be called, each with its arguments; where that is None, they are a strand's next turn."""
        self._is_calling = False
        """Whether a callback runs, rather than a strand."""
        self._timers = Timers()
        self._turns = self._turns_in_a_row = self._looks = 0
        self._waiting: dict[greenlet, _Wait] = {}
        self._told = (-1.0, "")
        """The last deadlock, and its time."""
        self._strands: dict[Strand, None] = {}

    def is_here(self) -> bool:
        """Whether this is the thread that virtual time rules in, and it has not ended."""
        return get_ident() == self._thread

    # -- the clock

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def looked(self) -> float:
        """The same for somebody who may do nothing but ask, until it is late enough."""
        if self.seems_busy(1):
            looks = self._looks
            self.park(_LOOK, "time to pass, and looks at the clock meanwhile")
            self._looks = looks
        return self._now

    def seems_busy(self, looks: int) -> bool:
        """Whether these looks at something, and those before, took so long that time must have gone on."""
        self._looks += looks
        return self._looks > _MOST_LOOKS and not self._is_calling

    def call_soon(self, callback: Callable[..., object], *args: Any) -> None:
        """Call it in this instant, after what is ready already."""
        self._ready.append((callback, args))

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, order: int = 0) -> Timer:
        """Call it after so many seconds. See `call_at`."""
        when = self._now + delay
        if when == self._now and delay > 0.0:  # below the clock's last digit: who waits again and again would for ever
            when = math.nextafter(when, math.inf)
        return self._timers.add(when, order, callback, args)

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, order: int = 0) -> Timer:
        """Call it then. Of what is due at the same time the least `order` comes first, then what was set first."""
        return self._timers.add(when, order, callback, args)

    # -- strands

    def spawn(self, run: Callable[[], object], name: str, ident: int) -> Strand:
        """Begin a strand, in this instant. What it raises ends the main strand with it."""
        strand = Strand(lambda: self._strand(run), self._last_resort, name, ident)
        self._strands[strand] = None
        self._ready.append((None, (strand, None, None)))
        return strand

    def _strand(self, run: Callable[[], object]) -> None:
        _set_running_loop(None)
        sys.set_asyncgen_hooks(None, None)
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
        if self._is_calling:
            raise RuntimeError(f"a callback of the scheduler may not wait for {_told(why)}")
        wait = _Wait(getcurrent(), why)
        limit = None if when is None else self.call_at(max(when, self._now), self._expired, wait)
        try:
            return self._switch(wait)
        finally:
            if limit is not None:
                limit.cancel()

    def turn(self) -> None:
        """Let everybody else who is ready go first."""
        self._count_turn()
        self._looks = 0
        if self._is_calling:
            return
        self._turns_in_a_row += 1
        is_patient = self._turns_in_a_row <= _PATIENCE
        if is_patient and not self._ready:
            return
        wait = _Wait(getcurrent(), "its next turn")
        wait.answer = True
        if is_patient:
            self._expired(wait)
        else:
            self.call_at(self._now, self._expired, wait, order=_LAST)
        self._switch(wait)

    def _switch(self, wait: _Wait) -> bool:
        self._waiting[wait.strand] = wait
        loop, hooks = _get_running_loop(), sys.get_asyncgen_hooks()  # kept by thread, of which strands share one
        try:
            return self._go_on(wait)
        finally:
            self._waiting.pop(wait.strand, None)
            self._looks = 0
            _set_running_loop(loop)
            sys.set_asyncgen_hooks(*hooks)

    def wake(self, strand: greenlet) -> None:
        """Let a strand that waits go on; nothing happens to one that does not."""
        wait = self._waiting.get(strand)
        if wait is not None and not wait.answer:
            wait.answer = True
            self._expired(wait)

    def _expired(self, wait: _Wait) -> None:
        """It is its turn."""
        self._ready.append((None, (wait.strand, wait, None)))

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
        """Raise this in a strand, where it waits, in this instant. One that has not begun never will."""
        if strand.dead:
            return
        if strand:
            self._ready.append((None, (strand, None, error)))
        else:  # its turn will come, and there is nothing to do
            strand.run = lambda: None
            self._strands.pop(strand, None)

    def close(self) -> None:
        """End every strand that is left, the oldest first; whoever waits while it cleans up is told again. Raises
        the first error that this brings up, when all is done."""
        errors: list[BaseException] = []
        for _ in range(_ROUNDS):
            for strand in tuple(self._strands):
                self.kill(strand)
            while self._ready:
                try:
                    self.turn()
                except BaseException as error:
                    errors.append(error)
            if not self._strands:
                break
        self._thread = 0
        if errors:
            raise errors[0]

    # -- the scheduler

    def _run(self, _: object = None) -> None:  # what the first strand to end has returned
        while True:
            self._go_on(None)

    def _go_on(self, mine: _Wait | None) -> bool:
        """Call what is due, in the strand that waits, until its turn has come; gives the answer to its wait. Whoever
        switches to this strand brings that answer, too."""
        try:
            strand, wait, error = self._next_turn()
        except BaseException as defect:  # a callback's, or Ctrl-C: whoever began all this must know
            if getcurrent() is self._main:
                raise
            return bool(self._main.throw(defect))
        if error is not None:
            return bool(strand.throw(error))
        if wait is None:
            return self._begin(strand, mine)
        return wait.answer if wait is mine else bool(strand.switch(wait.answer))

    def _begin(self, strand: greenlet, mine: _Wait | None) -> bool:
        """A strand lies on the stack of whoever begins it: a thousand that begin each other would be a deep one."""
        if mine is None:
            return bool(strand.switch())
        self._ready.appendleft((None, (strand, None, None)))
        return bool(self._last_resort.switch())

    def _next_turn(self) -> tuple[greenlet, _Wait | None, Any]:
        """Call what is due until it is somebody's turn."""
        ready = self._ready
        self._is_calling = True
        try:
            while True:
                while ready:
                    callback, args = ready.popleft()
                    if callback is not None:
                        callback(*args)
                    elif self._is_due(*args):
                        return args
                timer = self._timers.pop()
                if timer is None or timer.when >= self._limit:
                    raise self._end(timer)
                if timer.when > self._now:
                    self._now, self._turns = timer.when, 0
                self._turns_in_a_row = 0
                timer.fire()
        finally:
            self._is_calling = False

    def _end(self, timer: Timer | None) -> VirtualTimeError:
        """Why nobody goes on, though this is what is due next."""
        if timer is None or timer.when == math.inf:
            return NobodyCanProceed(self._deadlock())
        return TimeIsUp(f"{self._limit:g} s of virtual time are over. {self._who_waits()}")

    def _is_due(self, strand: greenlet, wait: _Wait | None, error: object) -> bool:
        """Whether a strand still waits for this turn."""
        if wait is None:
            return not strand.dead
        self._count_turn()
        return self._waiting.get(strand) is wait

    def _count_turn(self) -> None:
        self._turns += 1
        if self._turns > _MOST_TURNS:
            self._turns = 0
            raise TimeStandsStill(
                f"at {self._now:g} s of virtual time {_MOST_TURNS:,} turns were taken and nobody waited: something "
                "runs in circles, where in real time the clock would have gone on. " + self._who_waits()
            )

    def _deadlock(self) -> str:
        """If what ends a program that can go no further cannot go on either, both: it is the first that counts."""
        when, first = self._told
        told = self._who_waits()
        if when == self._now:
            return f"{first}\nAnd then, while that was cleaned up:\n{told}"
        self._told = self._now, told
        return told

    def _who_waits(self) -> str:
        lines = [f"  {_name(strand)} waits for {_told(wait.why)}" for strand, wait in self._waiting.items()]
        return "\n".join([f"At {self._now:g} s of virtual time:", *lines])


class Waiter:
    """Lets the strand that made it wait until `wake` is called, or does not if that has happened."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._strand = getcurrent()
        self._is_woken = self._is_waiting = False

    def wake(self) -> None:
        self._is_woken = True
        if self._is_waiting:  # else it waits for something else by now
            self._hub.wake(self._strand)

    def wait(self, seconds: float | None, why: Why) -> bool:
        """At most so long; whether it was woken."""
        if self._is_woken:
            return True
        self._is_waiting = True
        try:
            return self._hub.park(seconds, why)
        finally:
            self._is_waiting = False


_ruling: list[Hub] = []


@contextmanager
def rules(hub: Hub) -> Iterator[None]:
    """While this lasts, its time is that of whoever asks in its thread."""
    _ruling.append(hub)
    try:
        yield
    finally:
        _ruling.remove(hub)


def here() -> Hub | None:
    """The hub that rules here: what stands for something of the real world is it where there is none."""
    return _ruling[0] if _ruling and _ruling[0].is_here() else None


def _name(strand: greenlet) -> str:
    return f"thread {strand.name!r}" if isinstance(strand, Strand) else "the main thread"


def _told(why: Why) -> str:
    return why if isinstance(why, str) else why()
