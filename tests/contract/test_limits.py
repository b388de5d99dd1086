"""The HTTP libraries' own limits over the network in memory: connect, write, read and pool, each at its time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import httpx2
import pytest

from brownout.fakes.virtual.network import Verdict
from brownout.fakes.virtual.transport import ROOM, MemoryTransport
from brownout.fakes.virtual.world import World
from brownout.harness.drivers.virtual.backends import in_memory

URL = "http://somewhere.test/"
LIMITS = {"connect": 2.0, "write": 3.0, "read": 5.0, "pool": 7.0}
LARGE = b"x" * (2 * ROOM)


class Silent(asyncio.Protocol):
    """Never answers; where told so, does not even read."""

    def __init__(self, reads: bool) -> None:
        self._reads = reads

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, MemoryTransport)
        if not self._reads:
            transport.pause_reading()


class Somewhere:
    """A host with one thing wrong."""

    tls = "works"

    def __init__(self, verdict: Verdict, reads: bool) -> None:
        self._verdict: Verdict = verdict
        self._reads = reads

    def syn(self, dial: object) -> Verdict:
        return self._verdict

    def connection(self) -> asyncio.Protocol:
        return Silent(self._reads)


def take_the_connection(library: Any, client: Any) -> None:
    """Until the client is closed."""
    with suppress(library.TransportError):
        client.post(URL, timeout=library.Timeout(None))


def blocking(library: Any, body: bytes, connections: int) -> Any:
    """What a post comes to; before it, a request that takes a connection for ever, if there is but one."""
    limits = library.Limits(max_connections=connections)
    with library.Client(timeout=library.Timeout(**LIMITS), limits=limits) as client:
        if connections == 1:
            threading.Thread(target=take_the_connection, args=(library, client)).start()
            time.sleep(0)
        return client.post(URL, content=body)


def asynchronous(library: Any, body: bytes, connections: int) -> Any:
    """The same in an event loop."""

    async def main() -> Any:
        limits = library.Limits(max_connections=connections)
        async with library.AsyncClient(timeout=library.Timeout(**LIMITS), limits=limits) as client:
            if connections == 1:
                other = asyncio.create_task(client.post(URL, timeout=library.Timeout(None)))
                await asyncio.sleep(0)
            try:
                return await client.post(URL, content=body)
            finally:
                if connections == 1:
                    other.cancel()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("phase", "verdict", "reads", "body", "connections"),
    [
        ("connect", "lost", True, b"", 9),
        ("write", "accepted", False, LARGE, 9),
        ("read", "accepted", True, LARGE, 9),
        ("pool", "accepted", True, b"", 1),
    ],
)
@pytest.mark.parametrize("call", [blocking, asynchronous])
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_each_limit_is_reached_at_its_time(
    library: Any,
    call: Callable[..., Any],
    phase: str,
    verdict: Verdict,
    reads: bool,
    body: bytes,
    connections: int,
) -> None:
    """The exception is the library's own for the phase, after just the seconds it was given."""
    expected = getattr(library, f"{phase.capitalize()}Timeout")
    with World() as world, in_memory(world.network):
        world.network.listen("somewhere.test", Somewhere(verdict, reads))  # type: ignore[arg-type]
        with pytest.raises(expected):
            call(library, body, connections)
        assert world.hub.time() == pytest.approx(LIMITS[phase])
