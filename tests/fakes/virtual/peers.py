"""Both ends of a connection in memory, for a test: a protocol that keeps what it sees, and a host that takes orders."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable

from brownout.fakes.virtual.network import Dial, Tls, Verdict
from brownout.fakes.virtual.transport import MemorySocket, MemoryTransport
from brownout.fakes.virtual.world import World


class Peer(asyncio.Protocol):
    """The server's side. Stays open at the client's FIN where it is told so."""

    transport: MemoryTransport

    def __init__(self, stays_open: bool = False) -> None:
        self.received = b""
        self.seen: list[str] = []
        self.may_write = True
        self._stays_open = stays_open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, MemoryTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        self.seen.append("data")

    def eof_received(self) -> bool:
        self.seen.append("eof")
        return self._stays_open

    def connection_lost(self, error: Exception | None) -> None:
        self.seen.append("lost")

    def pause_writing(self) -> None:
        assert self.may_write, "told to pause twice"
        self.may_write = False

    def resume_writing(self) -> None:
        assert not self.may_write, "told to go on twice"
        self.may_write = True


class Listening:
    """A host: what becomes of each SYN, one after another, the last for ever."""

    tls: Tls = "works"

    def __init__(self, verdicts: Iterable[Verdict] = ("accepted",), make: Callable[[], Peer] = Peer) -> None:
        self._verdicts = list(verdicts)
        self._make = make
        self.syns: list[Dial] = []
        self.peers: list[Peer] = []

    def syn(self, dial: Dial) -> Verdict:
        self.syns.append(dial)
        return self._verdicts.pop(0) if len(self._verdicts) > 1 else self._verdicts[0]

    def connection(self) -> Peer:
        self.peers.append(self._make())
        return self.peers[-1]


def connected(world: World, stays_open: bool = False) -> tuple[MemorySocket, Peer]:
    """The two ends of a connection that is open."""
    host, results = Listening(make=lambda: Peer(stays_open)), list[MemorySocket | OSError]()
    world.network.listen("host", host)
    world.network.dial("host", 443, results.append)
    settle(world)
    assert isinstance(results[0], MemorySocket)
    return results[0], host.peers[0]


def settle(world: World) -> None:
    """Let everything happen that is due now."""
    world.hub.park(0.0, "whatever is due now")


def read(socket: MemorySocket, most: int = 1 << 16) -> bytes:
    """Everything that can be read now."""
    whole = bytearray()
    while data := socket.recv(most):
        whole += data
    return bytes(whole)


def strands() -> list[threading.Thread]:
    """The threads of virtual time; a test before this one may have left real ones."""
    return [thread for thread in threading.enumerate() if thread.ident is not None and thread.ident < 0]
