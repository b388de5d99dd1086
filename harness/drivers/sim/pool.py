"""The SDK's connection pool, as a model: what is reused, what has expired, who waits for a connection.

Facts of httpcore, pinned by tests against it: the idle connection opened first is taken first; one idle for longer
than the expiry, or closed by the server meanwhile, is dropped unseen; of the others those too many are closed, the
one opened first going first.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from brownout.fakes.plan import Idle
from brownout.fakes.timeline import Armed


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """As the Python SDK sets them. `expiry` in seconds."""

    connections: int = 1000
    idle: int = 100
    expiry: float = 5.0
    counts_busy: bool = False
    """Whether `idle` is a limit on all connections: below httpcore2 an idle one is closed while there are more."""


class Connection:
    """One connection. `expires` is set while it is idle."""

    __slots__ = ("ending", "expires", "is_closed", "lost_to", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.expires = 0.0
        self.is_closed = False
        self.lost_to: tuple[Armed, ...] = ()
        """The faults that have made the network forget it, perhaps; nobody can see that until it is used."""
        self.ending: Idle | None = None
        """How the server will end it, once it is idle."""

    def is_alive(self, now: float) -> bool:
        """Whether an idle one can still be used."""
        return not self.is_closed and now <= self.expires

    def __lt__(self, other: Connection) -> bool:
        return self.number < other.number


class Waiting(Protocol):
    """A request that waits for a connection."""

    def has_connection(self, connection: Connection, is_fresh: bool) -> None:
        """It is its turn."""


class Pool:
    """The connections of one SDK client."""

    __slots__ = ("_count", "_idle", "_is_serving", "_limits", "_open", "_waiting")

    def __init__(self, limits: PoolLimits) -> None:
        self._limits = limits
        self._idle: list[Connection] = []
        self._open = 0
        self._count = 0
        self._waiting: deque[Waiting] | None = None  # in which hardly anybody ever waits, and which takes 600 bytes
        self._is_serving = False

    def acquire(self, now: float) -> tuple[Connection, bool] | None:
        """A connection and whether it has yet to be opened; None when all are in use, or others came first."""
        return None if self._waiting else self._take(now)

    def _take(self, now: float) -> tuple[Connection, bool] | None:
        idle = self._idle
        while idle:
            connection = idle.pop(0)
            if now <= connection.expires and not connection.is_closed:  # `is_alive`, without a call
                return connection, False
            self._open -= 1
        if self._open >= self._limits.connections:
            return None
        self._open += 1
        self._count += 1
        return Connection(self._count), True

    def wait(self, request: Waiting) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(request)

    def give_up(self, request: Waiting) -> None:
        """Stop waiting for a connection."""
        assert self._waiting is not None
        self._waiting.remove(request)

    def release(self, connection: Connection, now: float, is_reusable: bool) -> None:
        """An answer has been read to its end, or the connection is of no more use."""
        if is_reusable:
            seconds = self._limits.expiry
            if connection.ending is not None and connection.ending.after is not None:
                seconds = min(seconds, connection.ending.after)  # who looks at it sees that it is closed
            connection.expires = now + seconds
            idle, limits = self._idle, self._limits
            if idle:
                insort(idle, connection)
            else:
                idle.append(connection)
            if (self._open if limits.counts_busy else len(idle)) > limits.idle:
                self._trim(now)
        else:
            connection.is_closed = True
            self._open -= 1
        if self._waiting and not self._is_serving:
            self._serve(now)

    def _serve(self, now: float) -> None:
        """Give what is free to those who wait. Who is refused by the server releases at once: hence a loop."""
        self._is_serving = True
        while self._waiting and (found := self._take(now)) is not None:
            self._waiting.popleft().has_connection(*found)
        self._is_serving = False

    def _trim(self, now: float) -> None:
        """Drop dead idle connections, then as many as are too many."""
        alive = [connection for connection in self._idle if connection.is_alive(now)]
        self._open -= len(self._idle) - len(alive)
        counted = self._open if self._limits.counts_busy else len(alive)
        surplus = min(len(alive), max(0, counted - self._limits.idle))
        self._open -= surplus
        self._idle = alive[surplus:]

    def forget_idle(self, lost_to: tuple[Armed, ...]) -> None:
        """The network has lost every idle connection, and told nobody."""
        for connection in self._idle:
            connection.lost_to = lost_to

    def close_idle(self) -> None:
        """The network, or the server, has broken every idle connection."""
        for connection in self._idle:
            connection.is_closed = True
