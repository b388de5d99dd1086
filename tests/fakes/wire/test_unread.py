"""A client that does not take what it is sent: what waits for it is bounded, and so is the time."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

import pytest

from brownout.fakes.http.bounds import Bounds
from brownout.fakes.http.connection import Connection

from ...loops import on_loop
from .raw import RawClient, request
from .serving import ENDLESS, SteppedServer, service, standing, until

FAST: dict[str, Any] = {"first_token": "1ms", "gap": "1ms", "round_trip": "1ms"}
LONG = 3000
"""Tokens that kernels do not hold for a client of `narrow`."""
SMALL = Bounds(unread=500_000)


async def narrow(server: SteppedServer) -> RawClient:
    """A client between whose socket and the server's there is hardly any room."""
    client = await RawClient.connect(server.port, small=True)
    await until(lambda: client.port in map(_port_of, server.connections))
    [connection] = [each for each in server.connections if _port_of(each) == client.port]
    connection._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return client


def _port_of(connection: Connection) -> int:
    return int(connection._transport.get_extra_info("peername")[1])


def unread(server: SteppedServer) -> int:
    """The most that waits for one client."""
    return max((each._transport.get_write_buffer_size() for each in server.connections), default=0)


@on_loop
async def test_a_stream_that_nobody_reads_is_dropped() -> None:
    """Before it has filled more memory than the bound; a client that reads the same one gets it."""
    async with standing(service(tokens=ENDLESS, **FAST), bounds=SMALL) as server:
        deaf, reading, most = await narrow(server), await RawClient.connect(server.port), 0
        await reading.send(request(stream=True))
        await deaf.send(request(stream=True))
        await until(lambda: server.endpoint.under_way == 2)
        while server.endpoint.under_way == 2:
            most = max(most, unread(server))
            reading.data = b""
            assert await reading.receive()
        reading.data = b""
        await reading.until(b"content_block_delta")
        [left] = [record for record in server.endpoint.journal() if record.ended is not None]
        assert left.left is not None
        assert 0 < most < 2 * SMALL.unread
        reading.close()
        deaf.close()


@on_loop
async def test_questions_whose_answers_nobody_reads_are_not_read_either() -> None:
    """A client that asks for ever and takes nothing cannot make the server hold more than a few answers: it is dropped
    for what it has pipelined, or once it has taken nothing for too long."""
    async with standing(service(), bounds=Bounds(patience=0.3)) as server:
        client, most = await narrow(server), 0
        asked = request(method="GET", path="/v1/models", body=b"") * 20
        sending = asyncio.create_task(_send_for_ever(client, asked))
        while server.connections:
            most = max(most, unread(server))
            await asyncio.sleep(0)
        await sending
        assert most < 1_000_000
        client.close()


async def _send_for_ever(client: RawClient, data: bytes) -> None:
    with suppress(ConnectionError):
        while True:
            await client.send(data)


@pytest.mark.parametrize("stream", [False, True])
@on_loop
async def test_who_reads_late_gets_everything(stream: bool) -> None:
    """Within the bounds; what it asks meanwhile is answered afterwards."""
    async with standing(service(tokens=LONG * (1 if stream else 10), **FAST)) as server:
        client = await narrow(server)
        await client.send(request(stream) + request(path="/nowhere"))
        await until(lambda: any(record.is_complete for record in server.endpoint.journal()))
        assert [each._is_unread for each in server.connections] == [True]
        await client.until(b"404 Not Found")
        first, second = await client.answer(), await client.answer()
        assert first.status == "HTTP/1.1 200 OK"
        assert len(first.chunks) == (LONG + 6 if stream else 1)
        assert second.status == "HTTP/1.1 404 Not Found"
        client.close()


@on_loop
async def test_who_takes_nothing_for_too_long_is_dropped() -> None:
    """Also once everything has been written; somebody else who is idle is not."""
    async with standing(service(tokens=LONG, **FAST), bounds=Bounds(patience=0.3)) as server:
        idle, client = await RawClient.connect(server.port), await narrow(server)
        await client.send(request(stream=True))
        await until(lambda: any(record.is_complete for record in server.endpoint.journal()))
        await until(lambda: len(server.connections) == 1)
        assert (await idle.ask(max_tokens=5)).status == "HTTP/1.1 200 OK"
        idle.close()
        client.close()
