"""The very server of the wire on the network in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..draws import Identity
from ..endpoint import Endpoint
from ..faults.bad_certificate import BadCertificate
from ..faults.base import STAGES, Opening
from ..faults.dns import Dns
from ..http.clock import ScaledClock
from ..http.connection import Connection
from ..http.server import Server
from ..timeline import Armed
from .hub import Hub
from .network import Dial, Verdict
from .timers import Timer
from .times import of_day
from .transport import MemoryTransport, Tls

_VERDICTS: Mapping[Opening | None, Verdict] = {
    "unresolved": "unresolved",
    "refused": "refused",
    "lost": "lost",
    "reset": "reset",
}
"""All others are accepted, and are of TLS."""
_AGAIN = STAGES - {"name"}
_TLS: Mapping[Opening | None, Tls] = {"tls_hangs": "hangs", "tls_reset": "reset"}
Caller = Callable[[], tuple[Identity, bool] | None]
"""Whose request the connection that is being opened is for, and whether it streams; None where nobody can tell."""


class VirtualClock(ScaledClock):
    """The hub's time, which tells events of one instant apart."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._call_later = hub.call_later

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any, order: int = 0) -> Timer:
        return self._call_later(delay, callback, argument, None, order=order)


class VirtualServer(Server):
    """Serves one endpoint in virtual time. Where it is known for whom a connection is opened, a fault can keep out
    that one alone; else it acts as on a real port, on all or, late, on the request."""

    clock: VirtualClock

    def __init__(
        self, endpoint: Endpoint, hub: Hub, caller: Caller = lambda: None, begins_with_first_request: bool = False
    ) -> None:
        super().__init__(endpoint, begins_with_first_request)
        self.tls: Tls = "works"
        self._hub = hub
        self._caller = caller
        self._is_let_in = False
        self._strangers = 0
        """Connections of which nobody could tell whose they are."""
        self.clock = VirtualClock(hub)

    def stop(self) -> None:
        """Drop every connection."""
        self._drop_everything()

    def time_of_day(self) -> datetime:
        return of_day(self._hub)

    def reset(self, transport: asyncio.Transport) -> None:
        assert isinstance(transport, MemoryTransport)
        transport.reset()

    def speaks_tls(self, transport: asyncio.Transport | None = None) -> bool:
        return isinstance(transport, MemoryTransport) and transport.speaks_tls

    def stop_reading(self, transport: asyncio.Transport, came: int) -> None:
        assert isinstance(transport, MemoryTransport)
        transport.stop_reading(came)

    # -- the host's side

    def syn(self, dial: Dial) -> Verdict:
        if dial.is_first:
            dial.caller = self._caller()
            if dial.caller is None:
                dial.number, self._strangers = self._strangers, self._strangers + 1
        caller, now = dial.caller, self.clock.now()
        self._is_let_in = caller is not None
        before = dial.lost_to if isinstance(dial.lost_to, Armed) else None
        stages = STAGES if dial.is_first else _AGAIN  # a SYN that is sent again has an address
        kept_out = (
            self.endpoint.entrance.knock(dial.number, now, before, stages)
            if caller is None
            else self.endpoint.entrance.connect(*caller, now, before, stages)
        )
        if kept_out is None:
            return "accepted"
        dial.lost_to = kept_out
        self._prepare(dial, kept_out)
        return _VERDICTS.get(kept_out.fault.opening, "accepted")

    def _prepare(self, dial: Dial, kept_out: Armed) -> None:
        """Tell it what it will meet, where that is not over at once."""
        match kept_out.fault:
            case Dns(after=seconds):
                dial.resolves_in = seconds
                return
            case BadCertificate(why=why):
                dial.tls = why
            case fault:
                dial.tls = _TLS.get(fault.opening, dial.tls)
        dial.on_tls = lambda: self.endpoint.entrance.turn_away(kept_out, self.clock.now())

    def connection(self) -> Connection:
        return Connection(self, is_let_in=self._is_let_in)
