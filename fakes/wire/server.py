"""The listening side on real sockets: a port that can stop listening and come back."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..endpoint import Endpoint
from ..faults import Fault
from ..faults.bad_certificate import BadCertificate
from ..faults.base import Stage
from ..http.bounds import FEW_FILES, Bounds
from ..http.clock import ScaledClock
from ..http.connection import Connection
from ..http.server import Server
from ..timeline import Phase
from .descriptors import room
from .door import Door
from .greeting import LET_IN, RESET_ON_CLOSE, Greeting
from .leaving import Leaving
from .ticks import clock_of

_SEEN: frozenset[Stage] = frozenset({"accept"})
_SEEN_UNDER_TLS: frozenset[Stage] = frozenset({"accept", "tls"})
"""What a server sees of connections that are opened."""
UNSEEN: frozenset[Stage] = frozenset({"port"})
"""What the client alone does."""
_TURNS_TO_CLOSE = 4
"""Of the event loop, until a connection that was accepted in the last one has been made, aborted and closed."""

_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What stands for all addresses of the machine: the one of them that it has for sure."""


class WireServer(Server):
    """Serves one endpoint on a loopback port. `start` listens; `begin` makes this second 0 of the scenario."""

    def __init__(
        self,
        endpoint: Endpoint,
        host: str = "127.0.0.1",
        port: int = 0,
        scale: float = 1.0,
        begins_with_first_request: bool = False,
        tls: ssl.SSLContext | None = None,
        untrusted: Mapping[str, ssl.SSLContext] | None = None,
        bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    ) -> None:
        """`tls`: with certificates for `host`; what it offers beside HTTP/1.1 is not spoken. `untrusted`: with those
        that are bad, by what is wrong with them; for the fault that shows them."""
        super().__init__(endpoint, begins_with_first_request, "http" if tls is None else "https", bounds)
        self.host, self.port = host, port
        self._tls, self._untrusted = tls, untrusted or {}
        self._seen = _SEEN if tls is None else _SEEN_UNDER_TLS
        self._accepted = 0
        self._scale = scale
        self._door: Door | None = None

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        self.clock = ScaledClock(clock_of(asyncio.get_running_loop()), self._scale)
        self.most_connections = room(self.bounds.connections)
        self._door = Door(self.host, self.port, self._connection, self._tls, self._greet, self._has_no_room)
        self.port = self._door.port
        self._door.open()
        self._narrow()

    @property
    def url(self) -> str:
        """What clients on this machine take for the service's address."""
        host = _EVERY.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return f"{'http' if self._tls is None else 'https'}://{host}:{self.port}"

    @property
    def failed_handshakes(self) -> int:
        """How many clients have broken off a TLS handshake."""
        return 0 if self._door is None else self._door.failed_handshakes

    @property
    def is_dark(self) -> bool:
        """Whether packets to the port vanish, so that only the client can tell of its connecting."""
        return self._door is not None and self._door.is_dark

    @property
    def keeps_everybody_out(self) -> bool:
        """Whether nobody new can be seen, dark or shut."""
        return self._door is not None and not self._door.is_open

    async def stop(self) -> None:
        """Shut the door and drop every connection."""
        if self._door is not None:
            self._door.close()
        self._drop_everything()
        if self._door is not None:
            await self._door.settled()
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)

    def wind_up(self) -> None:
        super().wind_up()
        if self._door is not None:
            self._door.shut()

    def cut(self) -> None:
        """From now on nobody gets anything any more, but an error at once. `restart` makes it good."""
        self._end_phases()
        self._drop_connections()
        if self._door is not None:
            self._door.shut()

    def time_of_day(self) -> datetime:
        return datetime.now(UTC)

    def reset(self, transport: asyncio.Transport) -> None:
        sock: Any = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        transport.abort()

    def restart(self, endpoint: Endpoint) -> None:
        self._accepted = 0
        super().restart(endpoint)

    def is_there(self, transport: asyncio.Transport) -> bool:
        return Leaving(transport).is_there()

    def _has_no_room(self, arriving: int) -> bool:
        """Most who arrive are open a moment later, and some are counted twice meanwhile: the connection itself has the
        last word, so that no more than a few too many get that far."""
        return self.is_full or len(self.connections) + arriving >= self.most_connections + FEW_FILES // 2

    def _connection(self) -> Connection:
        return Connection(self, has_knocked=self.has_begun)

    def _greet(self) -> Greeting:
        """Somebody was accepted. As long as nobody has sent a request, nobody is kept out."""
        number, self._accepted = self._accepted, self._accepted + 1
        if not self.has_begun or self.is_over:
            return LET_IN
        endpoint = self.endpoint
        kept_out = endpoint.entrance.knock(number, self.clock.now(), stages=self._seen)
        if kept_out is None:
            return LET_IN
        fault = kept_out.fault
        context = self._untrusted[fault.why] if isinstance(fault, BadCertificate) else None
        return Greeting(fault.opening, context, lambda: endpoint.entrance.turn_away(kept_out, self.clock.now()))

    def _drop_connections(self) -> None:
        super()._drop_connections()
        if self._door is not None:
            self._door.send_away()

    def _narrow(self) -> None:
        phases = self.endpoint.timeline.phases
        if self._door is not None and any(fault.on_upload for phase in phases for fault in phase.faults):
            self._door.narrow()

    def _phase_began(self, phase: Phase) -> None:
        self._narrow()
        first = next((fault for fault in phase.faults if fault.keeps_everybody_out), None)
        self._set_door(first if first is not None and first.takes_the_port else None)

    def _set_door(self, kept_out_by: Fault | None) -> None:
        assert self._door is not None, "start has not been called"
        if kept_out_by is None:
            self._door.open()
        elif kept_out_by.swallows:
            self._door.darken()
        else:
            self._door.shut()
