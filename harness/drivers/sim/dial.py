"""A connection that does not come up at once, as TCP goes about it: the first SYN was lost, others follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brownout.fakes.faults.base import STAGES
from brownout.fakes.faults.dns import Dns
from brownout.fakes.tcp import GIVES_UP, SYNS
from brownout.fakes.timeline import Armed

from ...policies.effects import Handle
from ...policies.outcome import Outcome

if TYPE_CHECKING:
    from .attempt import SimAttempt
    from .port import SimPort

CONNECT_TIMEOUT = Outcome("timeout", phase="connect")
CONNECT_FAILED = Outcome("connection", phase="connect")
CONNECTION_LOST = Outcome("connection", phase="read")
_AGAIN = STAGES - {"name"}


def keep_out(port: SimPort, attempt: SimAttempt, kept_out: Armed, limit: float | None) -> Handle | None:
    """The attempt's connection meets this fault. The timer of what it waits for; None if it is over, or waits for ever.

    `limit`: its connect timeout.
    """
    fault = kept_out.fault
    if fault.opening == "lost":
        return Dial(port, attempt, kept_out, limit)
    if fault.stage == "tls":
        port.endpoint.entrance.turn_away(kept_out, port.now())
    if fault.opening == "tls_hangs":
        return None if limit is None else port.timer(limit, attempt.is_kept_out, CONNECT_TIMEOUT)
    if isinstance(fault, Dns) and fault.after:
        if limit is not None and limit < fault.after:
            return port.timer(limit, attempt.is_kept_out, CONNECT_TIMEOUT)
        return port.timer(fault.after, attempt.is_kept_out, CONNECT_FAILED)
    # Whoever speaks TLS has got no further than the handshake.
    attempt.is_kept_out(CONNECTION_LOST if fault.opening == "reset" and not port.speaks_tls else CONNECT_FAILED)
    return None


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
        # The name was found long ago.
        kept_out = self._port.endpoint.entrance.connect(
            attempt.who, attempt.is_stream, clock.now(), self._lost_to, _AGAIN
        )
        if kept_out is None:
            self.cancel()
            attempt.is_connected()
        elif kept_out.fault.opening != "lost":
            self.cancel()
            attempt.meets(kept_out)
        else:
            self._lost_to = kept_out
            self._sent += 1
            if self._sent < len(SYNS):
                self._next = clock.at(self._began + SYNS[self._sent], self._try, None)
            else:
                self._next = clock.at(self._began + GIVES_UP, self._gives_up, None)
