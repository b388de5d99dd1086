"""The server of `brownout serve` with everything of it: the fake's port, the control port, and a graceful end."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

from brownout.fakes.http.bounds import Bounds
from brownout.fakes.wire.server import WireServer

from ..scenario import Scenario
from .control import Control
from .desk import Desk
from .guard import Guard, is_loopback
from .journal import MOST_KEPT
from .operations import PREFIX
from .scripting import endpoint_of

_LOOK = 0.01
"""Seconds between two looks at whether everybody has been answered."""
_LOOPBACK = {False: "127.0.0.1", True: "::1"}
"""By whether the address is one of IPv6."""


class PortTaken(Exception):
    """A port that cannot be listened on. `which`: `port` or `control port`."""

    def __init__(self, which: str, number: int, why: str) -> None:
        super().__init__(f"cannot listen on {which} {number}: {why}")
        self.which, self.number, self.why = which, number, why


@dataclass
class Settings:
    """Where it listens; with `tls`, on both ports, and on the fake's with certificates that are `untrusted`, too.
    `control_port`: 0 for any that is free, None for none; `token`: what the control port asks of everybody. Without one
    it listens on this machine alone, wherever the fake does. `journal`: how many records are kept."""

    host: str = "127.0.0.1"
    port: int = 0
    scale: float = 1.0
    tls: ssl.SSLContext | None = None
    untrusted: Mapping[str, ssl.SSLContext] | None = None
    control_port: int | None = 0
    token: str | None = None
    journal: int = MOST_KEPT
    bounds: Bounds = field(default_factory=Bounds)


class Host:
    """Serves a scenario, which begins with the first request."""

    def __init__(self, scenario: Scenario, seed: int = 1, settings: Settings | None = None) -> None:
        self._scenario, self._seed = scenario, seed
        self._at = settings or Settings()
        at, endpoint = self._at, endpoint_of(scenario, seed)
        self.server = WireServer(
            endpoint, at.host, at.port, at.scale, True, at.tls, untrusted=at.untrusted, bounds=at.bounds
        )
        self.desk: Desk
        self._control: asyncio.Server | None = None
        self._connections: set[Control] = set()
        self.is_hurried = False
        """Whether it is to end now, and not to wait for anybody any more."""

    @property
    def token(self) -> str | None:
        """What the control port asks for."""
        return self._at.token

    @property
    def awaited(self) -> int:
        """How many requests are being answered, but for those that stall for ever."""
        return sum(connection.is_awaited for connection in self.server.connections)

    @property
    def url(self) -> str:
        """Where clients find the fake."""
        return self.server.url

    @property
    def control_url(self) -> str | None:
        """What every operation's address begins with; None where there is none."""
        if self._control is None:
            return None
        host, port = self._control.sockets[0].getsockname()[:2]
        if ip_address(host).is_unspecified:
            host = _LOOPBACK[":" in host]
        scheme = "http" if self._at.tls is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{PREFIX}"

    async def start(self) -> None:
        """Listen on both. Raises `PortTaken`."""
        try:
            await self.server.start()
        except OSError as error:
            raise PortTaken("port", self._at.port, error.strerror or str(error)) from None
        self.desk = Desk(self.server, self.url, self._scenario, self._seed, self._at.journal)
        if self._at.control_port is not None:
            try:
                await self._open_control(self._at.control_port)
            except OSError as error:
                await self.server.stop()
                raise PortTaken("control port", self._at.control_port, _reason(error)) from None

    async def _open_control(self, port: int) -> None:
        guard, host = Guard(self._at.token), self._at.host
        if self._at.token is None and not is_loopback(f"[{host}]" if ":" in host else host):
            host = _LOOPBACK[":" in host]
        self._control = await asyncio.get_running_loop().create_server(
            lambda: Control(self.desk, guard, self._connections), host, port, ssl=self._at.tls
        )

    async def stop(self, grace: float = 0.0) -> None:
        """Let nobody in any more, wait that many real seconds at the most for answers under way, and end."""
        self.server.wind_up()
        loop = asyncio.get_running_loop()
        until = loop.time() + grace
        while self.awaited and loop.time() < until and not self.is_hurried:
            await asyncio.sleep(_LOOK)
        await self.server.stop()
        await self._close_control()

    async def _close_control(self) -> None:
        if self._control is None:
            return
        self._control.close()
        for end in (Control.wind_up, Control.drop):  # whoever reads too slowly does not hear the end
            for connection in tuple(self._connections):
                end(connection)
            await asyncio.sleep(0)


def _reason(error: OSError) -> str:
    """The text of asyncio's own repeats the address."""
    return os.strerror(error.errno) if error.errno else str(error)
