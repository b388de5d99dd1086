"""The listening side: a port that can stop listening and come back, the phases, the connections."""

from __future__ import annotations

import asyncio

from ..endpoint import Endpoint
from ..faults import Fault
from .clock import WireClock
from .connection import Connection
from .door import Door
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
        self._door: Door | None = None
        self._phases: list[asyncio.TimerHandle] = []
        self._waits_for_request = begins_with_first_request

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        loop = asyncio.get_running_loop()
        self.clock = WireClock(loop, self._scale)
        self._door = Door(self.host, self.port, lambda: Connection(self))
        self.port = self._door.port
        await self._door.open()

    def begin(self) -> None:
        """Second 0: the first phase begins now, the others follow."""
        self.clock.start()
        starts = self.endpoint.timeline.starts
        self._begin_phase(0)
        self._phases = [self.clock.timer(at, self._begin_phase, index) for index, at in enumerate(starts) if index]

    @property
    def is_dark(self) -> bool:
        """Whether packets to the port vanish, so that only the client can tell of its connecting."""
        return self._door is not None and self._door.is_dark

    def request_arrived(self) -> None:
        """Start the clock, if it was to wait for this."""
        if self._waits_for_request:
            self._waits_for_request = False
            self.begin()

    async def stop(self) -> None:
        """Shut the door and drop every connection."""
        for timer in self._phases:
            timer.cancel()
        if self._door is not None:
            self._door.close()
        for connection in tuple(self.connections):
            connection.drop()
        await asyncio.sleep(0)

    def _begin_phase(self, index: int, _: object = None) -> None:
        phase = self.endpoint.begin_phase(index)
        self._set_door(next((fault for fault in phase.faults if fault.takes_the_port), None))
        if phase.hits_in_flight:
            playing = [connection for connection in self.connections if connection.player is not None]
            for connection in sorted(playing, key=lambda connection: connection.who):
                if connection.player is not None:
                    connection.player.strike()
        if phase.breaks_idle:
            for connection in tuple(self.connections):
                if connection.is_idle:
                    connection.strike_idle()
        elif forgets := self.endpoint.timeline.forgets:
            for connection in self.connections:
                if connection.is_idle:
                    connection.forget_idle(forgets)

    def _set_door(self, kept_out_by: Fault | None) -> None:
        assert self._door is not None, "start has not been called"
        if kept_out_by is None:
            self._opening = asyncio.ensure_future(self._door.open())
        elif kept_out_by.swallows:
            self._door.darken()
        else:
            self._door.shut()
