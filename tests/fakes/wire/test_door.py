"""The port itself, whatever is served behind it."""

from __future__ import annotations

import asyncio
import socket

import pytest

from brownout.fakes.wire.door import Door

from ...loops import on_loop
from .serving import until


class Accepted(asyncio.Protocol):
    """Keeps its transport."""

    def __init__(self, into: list[asyncio.BaseTransport]) -> None:
        self._into = into

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._into.append(transport)


@pytest.mark.parametrize("comes_in", ["while it is open", "before it is dark"])
@on_loop
async def test_nothing_waits_for_an_acknowledgement(comes_in: str) -> None:
    """With Nagle's algorithm an answer in two small pieces takes 40 ms longer, now and then."""
    accepted: list[asyncio.BaseTransport] = []
    door = Door("127.0.0.1", 0, lambda: Accepted(accepted))
    door.open()
    with socket.create_connection((door.host, door.port)):
        if comes_in == "before it is dark":
            door.darken()
        await until(lambda: accepted)
        [transport] = accepted
        assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        transport.close()
        door.close()
        await asyncio.sleep(0)
