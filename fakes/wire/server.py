"""The listening side on real sockets: a port that can stop listening and come back."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from datetime import UTC, datetime
from typing import Any

from ..endpoint import Endpoint
from ..faults import Fault
from ..http.bounds import FEW_FILES, Bounds
from ..http.clock import ScaledClock
from ..http.connection import Connection
from ..http.server import Server
from ..timeline import Phase
from .descriptors import room
from .door import Door
from .leaving import Leaving
from .ticks import clock_of

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
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
        bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    ) -> None:
        """`tls`: with certificates for `host`; what it offers beside HTTP/1.1 is not spoken."""
        super().__init__(endpoint, begins_with_first_request, "http" if tls is None else "https", bounds)
        self.host, self.port = host, port
        self._tls = tls
        self._scale = scale
        self._door: Door | None = None

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        self.clock = ScaledClock(clock_of(asyncio.get_running_loop()), self._scale)
        self.most_connections = room(self.bounds.connections)
        self._door = Door(self.host, self.port, self._connection, self._tls, self._has_no_room)
        self.port = self._door.port
        self._door.open()

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
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    def is_there(self, transport: asyncio.Transport) -> bool:
        return Leaving(transport).is_there()

    def _has_no_room(self, arriving: int) -> bool:
        """Most who arrive are open a moment later, and some are counted twice meanwhile: the connection itself has the
        last word, so that no more than a few too many get that far."""
        return self.is_full or len(self.connections) + arriving >= self.most_connections + FEW_FILES // 2

    def _connection(self) -> Connection:
        return Connection(self)

    def _phase_began(self, phase: Phase) -> None:
        self._set_door(next((fault for fault in phase.faults if fault.takes_the_port), None))

    def _set_door(self, kept_out_by: Fault | None) -> None:
        assert self._door is not None, "start has not been called"
        if kept_out_by is None:
            self._door.open()
        elif kept_out_by.swallows:
            self._door.darken()
        else:
            self._door.shut()
