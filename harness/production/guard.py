"""Keeps the limits of a call while its thread is blocked: in a read, in a connect, in the SDK's own wait.

The HTTP library's limits start anew with every byte. Here each wait is cut to what is left until the next timer of the
layers, in the thread of the call itself; no other thread watches.
"""

from __future__ import annotations

import math
import threading
import time  # noqa: TID251 - the driver's own clock
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from ..drivers.sdk.library import http
from ..drivers.sdk.transport import Watch
from ..policies.outcome import Outcome
from .flow import CalledOff, Work
from .opened import Opened
from .sending import Unwatched
from .state import monotonic

if TYPE_CHECKING:
    from .blocking import BlockingFlow
    from .network import LimitedStream


Read: TypeAlias = "Callable[..., bytes]"
SHORTEST = 0.0005
"""Seconds. None at all would mean not to wait."""
CLOSE = 0.01
"""Seconds by which a cut wait may end before the limit that it was cut to."""


class GapExceeded(BaseException):
    """Raised through the SDK by a read that has waited too long for content."""


class Guard:
    """Of one attempt, and of the stream that it has opened."""

    def __init__(self, flow: BlockingFlow, work: Work, watch: Watch | Unwatched) -> None:
        self.watch = watch
        self.state = flow.state
        self._flow = flow
        self._connection: LimitedStream | None = None
        self._opened: Opened | None = None
        self._gap: float | None = None
        self.takes(work)

    def takes(self, work: Work, opened: Opened | None = None, gap: float | None = None) -> None:
        """From now on it keeps the limits of this."""
        self._work, self._opened, self._gap = work, opened, gap
        self._is_inline = work.node.race is None
        self._timers = self._flow.timers if self._is_inline else []
        self._thread = threading.get_ident()
        work.runner = self
        if self._connection is not None:
            self._connection.read = self._reader(self._connection)
        self._check()

    def end(self, outcome: Outcome) -> None:
        """It is over. The connection may go to somebody else, and remembers nothing of this call."""
        self.watch.end(outcome)
        self._work.runner = None
        if self._connection is not None:
            self._connection.is_free()
            self._connection = None

    def hang_up(self) -> None:
        """From another thread: whoever is blocked on the connection comes back."""
        connection = self._connection
        if connection is not None and self._thread != threading.get_ident():
            connection.hang_up()

    # -- while its thread is blocked

    def has(self, connection: LimitedStream) -> None:
        """Its request goes over that connection."""
        self._connection = connection
        connection.read = self._reader(connection)

    def _reader(self, connection: LimitedStream) -> Read:
        """How to read from it, within every limit. Raises `CalledOff`, `GapExceeded`, and what the stream raises. A
        closure, as this is what a stream costs: it is called for every event."""
        work, timers, opened = self._work, self._timers, self._opened
        gap = self._gap if opened is not None else None
        read_on, timed_out, inf = connection.inner.read, connection.timed_out, math.inf

        def read(max_bytes: int, timeout: float | None = None) -> bytes:
            began = now = time.monotonic()
            patience = inf if timeout is None else now + timeout
            while True:
                due = timers[0][0] if timers else inf
                if gap is not None and (ends := began + gap - opened.waited) < due:  # type: ignore[union-attr]
                    due = ends
                if due <= now:
                    self._passed(began, now)
                    now = time.monotonic()
                    continue
                until = due if due < patience else patience
                try:
                    data: bytes = read_on(max_bytes, None if until == inf else until - now + SHORTEST)
                except timed_out:
                    self._check()
                    if patience < due:
                        raise
                    now = time.monotonic()
                    continue
                except Exception:
                    self._check()  # it may be we who hung up
                    raise
                if gap is not None:
                    opened.waited += time.monotonic() - began  # type: ignore[union-attr]
                if work.is_cancelled:
                    raise CalledOff
                return data

        return read

    def cut(self, timeout: float | None) -> float | None:
        """So much of a timeout as is left until the next limit."""
        now = monotonic()
        due = self._due(now)
        if due <= now:
            self._passed(now, now)
            due = self._due(now)
        if due == math.inf:
            return timeout
        return max(due - now if timeout is None else min(timeout, due - now), SHORTEST)

    def has_timed_out(self) -> None:
        """A wait that may have been cut is over. Raises `CalledOff` where it was; a clock may be a little ahead."""
        now = monotonic()
        if self._is_inline and 0 < (left := self._flow.due() - now) < CLOSE:
            self._flow.wait(left, self._work)
        self._tick()

    def has_failed(self, error: BaseException) -> None:
        """The same for a whole request."""
        if isinstance(error, http.TimeoutException):
            self.has_timed_out()
        elif isinstance(error, Exception):
            self._check()

    def about_to_send(self, request: Any) -> None:
        """Cut the wait for a place in the pool, too, which happens above any connection."""
        self._check()
        limits = request.extensions.get("timeout")
        if limits is not None and not all(map(self.allows, limits.values())):
            request.extensions["timeout"] = {name: self.cut(limit) for name, limit in limits.items()}

    def allows(self, timeout: float | None) -> bool:
        """Whether a timeout ends before the next limit, and need not be cut."""
        timers = self._timers
        if self._work.is_cancelled:
            raise CalledOff
        return not timers or (timeout is not None and time.monotonic() + timeout < timers[0][0])

    def pause(self, seconds: float) -> None:
        """Do nothing for a while: the SDK's own wait between its tries."""
        until = monotonic() + seconds
        while (now := monotonic()) < until:
            self._check()
            self._flow.wait(min(until, self._flow.due() if self._is_inline else math.inf) - now, self._work)
            self._tick()

    # -- limits

    def _due(self, began: float) -> float:
        due = self._flow.due() if self._is_inline else math.inf
        if self._gap is not None and self._opened is not None:
            due = min(due, began + self._gap - self._opened.waited)
        return due

    def _passed(self, began: float, now: float) -> None:
        self._tick()
        if self._gap is not None and self._opened is not None and began + self._gap - self._opened.waited <= now:
            raise GapExceeded

    def _tick(self) -> None:
        if self._is_inline:
            self._flow.tick()
        self._check()

    def _check(self) -> None:
        if self._work.is_cancelled:
            raise CalledOff
