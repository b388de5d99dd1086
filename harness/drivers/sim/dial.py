"""A connection that does not come up at once, as TCP goes about it: the first SYN was lost, others follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brownout.fakes.tcp import GIVES_UP, SYNS
from brownout.fakes.timeline import Armed

from ...policies.effects import Handle
from ...policies.outcome import Outcome

if TYPE_CHECKING:
    from .attempt import SimAttempt
    from .port import SimPort

CONNECT_TIMEOUT = Outcome("timeout", phase="connect")
CONNECT_FAILED = Outcome("connection", phase="connect")


class Dial:
    """The handle of a connection that is being opened. Each SYN meets the network as it is then."""

    __slots__ = ("_attempt", "_began", "_limit", "_lost_to", "_next", "_port", "_sent")

    def __init__(self, port: SimPort, attempt: SimAttempt, lost_to: Armed, limit: float | None) -> None:
        self._port = port
        self._attempt = attempt
        self._lost_to = lost_to
        self._began = port.now()
        self._sent = 0
        self._limit: Handle | None = None if limit is None else port.timer(limit, self._expired, None)
        self._next: Handle = port.clock.at(self._began + SYNS[0], self._try, None)

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._next.cancel()
        if self._limit is not None:
            self._limit.cancel()

    def _expired(self, _: object, __: object = None) -> None:
        self._attempt.is_kept_out(CONNECT_TIMEOUT)

    def _gives_up(self, _: object, __: object = None) -> None:
        self._attempt.is_kept_out(CONNECT_FAILED)

    def _try(self, _: object, __: object = None) -> None:
        attempt, clock = self._attempt, self._port.clock
        kept_out = self._port.endpoint.connect(attempt.who, attempt.is_stream, clock.now(), self._lost_to)
        if kept_out is None:
            self.cancel()
            attempt.is_connected()
        elif not kept_out.fault.swallows:
            attempt.is_kept_out(CONNECT_FAILED)
        else:
            self._lost_to = kept_out
            self._sent += 1
            if self._sent < len(SYNS):
                self._next = clock.at(self._began + SYNS[self._sent], self._try, None)
            else:
                self._next = clock.at(self._began + GIVES_UP, self._gives_up, None)
