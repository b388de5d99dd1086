"""A network in memory: hosts that listen, and connections that are opened to them as TCP would."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Literal, Protocol

from ..draws import Identity
from ..tcp import GIVES_UP, SYNS
from .errors import ForeignThread, NotRouted
from .hub import Hub
from .timers import Timer
from .transport import MemorySocket, MemoryTransport, Tls

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})

Verdict = Literal["accepted", "refused", "lost", "reset", "unresolved"]
"""Reset: accepted before. Unresolved: there is nowhere to send a SYN to."""


class Host(Protocol):
    """Whoever listens."""

    tls: Tls
    """What becomes of whoever wants to speak TLS. There is no cryptography: where it works, nothing is checked."""

    def syn(self, dial: Dial) -> Verdict:
        """What becomes of a client's SYN. It is asked again for each that TCP sends."""

    def connection(self) -> asyncio.Protocol:
        """The server's side of a connection that was accepted."""


class Network:
    """Routes by the name of the host alone; any port."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.refused: list[NotRouted] = []
        """Attempts to leave."""
        self._hosts: dict[str, Host] = {}
        self._proxies = {name: url for name, url in os.environ.items() if name.lower() in _PROXIES}
        """As they were named when clients may have been made."""

    def listen(self, name: str, host: Host) -> None:
        """From now on whoever connects to that name, or address, is connected to this."""
        self._hosts[name.lower()] = host

    def refuse(self, where: str) -> NotRouted:
        """The error for whoever wants to go there. It is also kept: programs swallow errors of connections."""
        known = ", ".join(self._hosts) or "none"
        if where.rpartition(":")[0].lower() in self._hosts or where.lower() in self._hosts:
            why = f"{where} is faked for httpx, httpx2 and what stands on them, not for who opens sockets of its own"
        else:
            why = f"{where} is not faked ({known}){self._by_proxy(where)}"
        error = NotRouted(f"virtual time: nothing real can be reached from here, and {why}")
        self.refused.append(error)
        return error

    def _by_proxy(self, where: str) -> str:
        """Why a program may want to go where nobody told it to."""
        named = [name for name, url in self._proxies.items() if where and where in url]
        return f"; {named[0]} names it as a proxy: unset that, or give the client trust_env=False" if named else ""

    def dial(self, name: str, port: int, done: Callable[[MemorySocket | OSError], object]) -> Dial:
        """Open a connection; `done` is told what came of it, once, and not before this returns. Raises `NotRouted`."""
        if not self.hub.is_here():
            raise ForeignThread(
                f"a thread of the operating system wants to connect to {name}:{port} while virtual time rules in "
                "another: what it uses of HTTP is faked. Start threads inside virtual time, or end them before it."
            )
        host = self._hosts.get(name.lower().rstrip("."))
        if host is None:
            raise self.refuse(f"{name}:{port}")
        return Dial(self.hub, host, done)


class Dial:
    """A connection that is being opened. Each SYN meets the network as it is then."""

    def __init__(self, hub: Hub, host: Host, done: Callable[[MemorySocket | OSError], object]) -> None:
        self._hub = hub
        self._host = host
        self._done: Callable[[MemorySocket | OSError], object] | None = done
        self._began = hub.time()
        self._sent = 0
        self._timer: Timer | None = None
        self.caller: tuple[Identity, bool] | None = None
        self.number = 0
        self.lost_to: object = None
        """For the host: for whom this is, or the how manieth of those it knows nothing of, and what it was lost to so
        far."""
        self.tls: Tls = host.tls
        self.on_tls: Callable[[], object] = lambda: None
        """What the host makes of TLS on this connection, and what is to be told when that is met."""
        self.resolves_in = 0.0
        """Seconds until the resolver gives up; none if it knows at once that there is no such name."""
        self._syn()

    @property
    def is_first(self) -> bool:
        """Whether this is the first SYN, sent by whoever wants the connection; the others are the system's."""
        return self._timer is None

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._done = None
        if self._timer is not None:
            self._timer.cancel()

    def _syn(self) -> None:
        verdict = self._host.syn(self)
        if verdict == "accepted":
            self._end(self._accepted())
        elif verdict == "refused":
            self._end(ConnectionRefusedError("Connection refused"))
        elif verdict == "reset":
            opened = self._accepted()
            opened.peer.reset()
            self._end(opened)
        elif verdict == "unresolved":
            self._is_unresolved()
        elif self._sent < len(SYNS):
            self._timer = self._hub.call_at(self._began + SYNS[self._sent], self._syn)
            self._sent += 1
        else:
            self._timer = self._hub.call_at(self._began + GIVES_UP, self._end, TimeoutError("Connection timed out"))

    def _is_unresolved(self) -> None:
        if self.resolves_in:
            error = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            self._timer = self._hub.call_at(self._began + self.resolves_in, self._end, error)
        else:
            self._end(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))

    def _accepted(self) -> MemorySocket:
        protocol = self._host.connection()
        opened = MemorySocket(self._hub, self.tls, self.on_tls)
        transport = MemoryTransport(self._hub, protocol, opened)
        opened.peer = transport
        protocol.connection_made(transport)
        return opened

    def _end(self, result: MemorySocket | OSError) -> None:
        self._hub.call_soon(self._tell, result)

    def _tell(self, result: MemorySocket | OSError) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(result)
        elif isinstance(result, MemorySocket):
            result.close()
