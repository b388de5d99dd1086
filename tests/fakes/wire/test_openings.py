"""Connections and uploads that come to nothing, on a port without TLS: whom a fault hits of those that nobody knows."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.server import WireServer

from ...loops import on_loop
from .raw import DEFAULT, RawClient, parse, request
from .serving import SCALE, fault_of, service, serving, until


def phase(**given: Any) -> Phase:
    return Phase(10.0, (fault_of(given),))


def counts(server: WireServer) -> tuple[int, int]:
    [count] = server.endpoint.timeline.counts
    return count.planned, count.fired


def prompt(size: int) -> bytes:
    return json.dumps({**DEFAULT, "messages": [{"role": "user", "content": "x" * size}]}).encode()


async def fates(server: WireServer, number: int) -> list[bool]:
    """Which of so many connections, one after the other, are reset when they have said something."""
    found = []
    for _ in range(number):
        async with await RawClient.connect(server.port) as client:
            await client.send(request())
            while await client.receive() and parse(client.data) is None:
                pass
            found.append(client.end == "reset")
    return found


@on_loop
async def test_a_share_is_drawn_by_the_number_of_the_connection() -> None:
    """The same connections are hit each time the server begins anew; some are, and some are not."""
    what = service(phase(kind="reset_on_accept", share="50%"))
    async with serving(what) as server:
        first = await fates(server, 12)
        assert {True, False} == set(first)
        assert counts(server) == (sum(first), sum(first))
        server.restart(Endpoint(what, seed=1))
        assert await fates(server, 12) == first
        server.restart(Endpoint(what, seed=2))
        assert await fates(server, 12) != first


@on_loop
async def test_of_two_that_keep_everybody_out_the_first_does() -> None:
    """As in the simulator; and a share of everybody is everybody, whatever shares a draw."""
    faults = [fault_of({"kind": "reset_on_accept", "per": "call"}), fault_of({"kind": "refuse"})]
    async with serving(service(Phase(10.0, tuple(faults)))) as server:
        assert await fates(server, 2) == [True, True]
        assert [count.fired for count in server.endpoint.timeline.counts] == [2, 0]


@on_loop
async def test_who_comes_first_starts_the_clock_all_the_same() -> None:
    """A server that waits for a request lets the connection in on which that comes, and resets it then."""
    endpoint = Endpoint(service(phase(kind="reset_on_accept")), seed=1)
    server = WireServer(endpoint, scale=SCALE, begins_with_first_request=True)
    await server.start()
    async with await RawClient.connect(server.port) as client:
        await until(lambda: server.connections)
        await client.send(request())
        await client.receive()
        assert client.end == "reset"
    assert server.has_begun
    assert counts(server) == (1, 1)
    await server.stop()


@on_loop
async def test_of_a_large_body_little_is_taken() -> None:
    """Where a phase has a stalling upload the buffers are small, so that a client of moderate size meets it: of a
    blocking socket 150 kB are not taken, and a body that is small is. Others on the same port are read as ever."""
    async with serving(service(phase(kind="upload_stall", where={"clients": [0]}))) as server:
        for size, is_taken in ((20_000, True), (150_000, False)):
            assert await asyncio.to_thread(is_all_taken, server.port, size) is is_taken
        async with await RawClient.connect(server.port) as other:
            assert (await other.ask(who="1/0/0/0", body=prompt(1_000_000))).status == "HTTP/1.1 200 OK"
        assert counts(server) == (2, 2)


def is_all_taken(port: int, size: int) -> bool:
    """Whether a body of that size can be sent to somebody who reads no more than the head."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        whole = request(who="0/0/0/0", body=prompt(size))
        head, _, body = whole.partition(b"\r\n\r\n")
        sock.sendall(head + b"\r\n\r\n")
        sock.settimeout(0.5)
        try:
            sock.sendall(body)
        except TimeoutError:
            return False
        return True
