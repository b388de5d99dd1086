"""The listening side: a port that can stop listening and come back, the phases, the connections."""

from __future__ import annotations

import asyncio
import socket

from ..endpoint import Endpoint
from .clock import WireClock
from .connection import Connection
from .requests import Register


class WireServer:
    """Serves one endpoint on a loopback port. `start` listens; `begin` makes this second 0 of the scenario."""

    def __init__(
        self,
        endpoint: Endpoint,
        host: str = "127.0.0.1",
        port: int = 0,
        scale: float = 1.0,
        begins_with_first_request: bool = False,
    ) -> None:
        self.endpoint = endpoint
        self.host, self.port = host, port
        self.connections: set[Connection] = set()
        self.register = Register()
        self._scale = scale
        self._guard: socket.socket | None = None
        self._listening: asyncio.Server | None = None
        self._is_shut = False
        self._phases: list[asyncio.TimerHandle] = []
        self._waits_for_request = begins_with_first_request

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        loop = asyncio.get_running_loop()
        self.clock = WireClock(loop, self._scale)
        # Bound but never listening: while the door is shut the port stays ours, and a client that connects to it
        # again and again cannot be given the very same port as its own and end up talking to itself.
        self._guard = _bound(self.host, self.port)
        self.port = self._guard.getsockname()[1]
        await self._open_door()

    def begin(self) -> None:
        """Second 0: the first phase begins now, the others follow."""
        self.clock.start()
        starts = self.endpoint.timeline.starts
        self._begin_phase(0)
        self._phases = [self.clock.timer(at, self._begin_phase, index) for index, at in enumerate(starts) if index]

    def request_arrived(self) -> None:
        """Start the clock, if it was to wait for this."""
        if self._waits_for_request:
            self._waits_for_request = False
            self.begin()

    async def stop(self) -> None:
        """Shut the door and drop every connection."""
        for timer in self._phases:
            timer.cancel()
        self._shut_door()
        for connection in tuple(self.connections):
            connection.drop()
        if self._guard is not None:
            self._guard.close()
        await asyncio.sleep(0)

    async def _open_door(self) -> None:
        # A machine that was busy may begin several phases at once: what counts is the last one's wish.
        if self._listening is None and not self._is_shut:
            sock = _bound(self.host, self.port)
            self._listening = await asyncio.get_running_loop().create_server(
                lambda: Connection(self), sock=sock, backlog=4096, start_serving=False
            )
            await self._listening.start_serving()

    def _shut_door(self) -> None:
        self._is_shut = True
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _begin_phase(self, index: int, _: object = None) -> None:
        phase = self.endpoint.begin_phase(index)
        if any(fault.on_connect and fault.share >= 1.0 and fault.where is None for fault in phase.faults):
            self._shut_door()
        else:
            self._is_shut = False
            self._door = asyncio.ensure_future(self._open_door())
        if phase.hits_in_flight:
            playing = [connection for connection in self.connections if connection.player is not None]
            for connection in sorted(playing, key=lambda connection: connection.who):
                if connection.player is not None:
                    connection.player.strike()
        if phase.breaks_idle:
            for connection in tuple(self.connections):
                if connection.is_idle:
                    connection.strike_idle()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
