"""The very server of the wire on the network in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..draws import Identity
from ..endpoint import Endpoint
from ..http.clock import ScaledClock
from ..http.connection import Connection
from ..http.server import Server
from ..timeline import Armed
from .hub import Hub
from .network import Dial, Tls, Verdict
from .timers import Timer
from .times import of_day
from .transport import MemoryTransport

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
        self.clock = VirtualClock(hub)

    def stop(self) -> None:
        """Drop every connection."""
        self._drop_everything()

    def time_of_day(self) -> datetime:
        return of_day(self._hub)

    def reset(self, transport: asyncio.Transport) -> None:
        assert isinstance(transport, MemoryTransport)
        transport.reset()

    # -- the host's side

    def syn(self, dial: Dial) -> Verdict:
        if dial.is_first:
            dial.caller = self._caller()
        caller = dial.caller
        self._is_let_in = caller is not None
        before = dial.lost_to if isinstance(dial.lost_to, Armed) else None
        kept_out = (
            self.endpoint.knock(self.clock.now(), before)
            if caller is None
            else self.endpoint.connect(*caller, self.clock.now(), before)
        )
        if kept_out is None:
            return "accepted"
        dial.lost_to = kept_out
        return "lost" if kept_out.fault.swallows else "refused"

    def connection(self) -> Connection:
        return Connection(self, is_let_in=self._is_let_in)
