"""A client that sends FIN: it may still read, or be gone, and the server finds out which."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

import pytest
import trustme

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.timeline import Phase
from brownout.fakes.wire import leaving
from brownout.fakes.wire.server import WireServer

from ...loops import on_loop
from .raw import RawClient, parse, request
from .serving import ENDLESS, SCALE, fault_of, service, standing, until

_CA = trustme.CA()
ONCE = {"where": {"calls": [0]}}
STALLS = [
    {"kind": "stall", "at": {"tokens": 2}},
    {"kind": "no_answer"},
    {"kind": "nat_death", "at": {"tokens": 2}},
    {"kind": "nat_death", "at": "arrival"},
]


@pytest.mark.parametrize("stream", [False, True])
@on_loop
async def test_who_only_reads_from_now_on_gets_the_whole_answer(stream: bool) -> None:
    """Then FIN. So does who sends it in the middle of its answer, as long as there is something to come."""
    async with standing(service()) as server:
        for when in (b"", b"event: content_block_start") if stream else (b"",):
            async with await RawClient.connect(server.port) as client:
                await client.send(request(stream))
                await client.until(when)
                client.finish()
                answer = await client.answer()
                await client.to_the_end()
                assert (answer.status, answer.is_whole) == ("HTTP/1.1 200 OK", True)
                assert (client.end, client.data) == ("closed", b"")
                if not when:
                    assert answer.headers["connection"] == "close"
        assert [record.left for record in server.endpoint.journal()] == [None] * (2 if stream else 1)
        assert all(record.is_complete for record in server.endpoint.journal())


@on_loop
async def test_all_that_was_pipelined_before_is_answered() -> None:
    """What had only begun is not; the last answer says that it is the last."""
    async with standing(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(request(stream=True) + request() + request(path="/nowhere") + request()[:50])
        client.finish()
        answers = [await client.answer() for _ in range(3)]
        await client.to_the_end()
    assert [answer.status.split()[1] for answer in answers] == ["200", "200", "404"]
    assert [answer.headers.get("connection") for answer in answers] == [None, None, "close"]
    assert (client.end, client.data) == ("closed", b"")


@pytest.mark.parametrize("begun", [b"", request()[:50], request(headers={"content-length": "9"}, body=b"x")])
@on_loop
async def test_who_has_nothing_to_wait_for_is_let_go(begun: bytes) -> None:
    """FIN for FIN: before a request, or in the middle of one."""
    async with standing(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(begun)
        client.finish()
        await client.to_the_end()
        assert (client.end, client.data) == ("closed", b"")


@pytest.mark.parametrize("fault", STALLS, ids=lambda fault: f"{fault['kind']} {fault.get('at', '')}")
@on_loop
async def test_who_is_gone_is_not_taken_for_one_that_reads(fault: dict[str, Any]) -> None:
    """Nothing is sent to it that could fail; its connection does not stay all the same."""
    async with standing(service(Phase(0.0, (fault_of(fault | ONCE),)), tokens=3)) as server:
        async with await RawClient.connect(server.port) as client:
            await client.send(request(stream=True))
            await until(lambda: server.connections)
            [connection] = server.connections
            await until(lambda: connection._is_dead or (connection.player is not None and connection.player.is_stuck))
        await until(lambda: not server.connections)
        await until(lambda: not server.endpoint.under_way)


@pytest.mark.parametrize("ends", [RawClient.close, RawClient.reset])
@on_loop
async def test_who_reads_on_and_then_goes_is_noticed(ends: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a look now and then, as nothing comes of it."""
    monkeypatch.setattr(leaving, "_LATE", 0.02)
    fault = fault_of({"kind": "stall", "at": {"tokens": 2}} | ONCE)
    async with standing(service(Phase(0.0, (fault,)))) as server:
        client = await RawClient.connect(server.port)
        await client.send(request(stream=True))
        client.finish()
        while client.data.count(b"event: content_block_delta") < 2:
            await client.receive()
        [connection] = server.connections
        await until(lambda: connection.player is not None and connection.player.is_stuck)
        reading = asyncio.create_task(client.receive())
        await asyncio.sleep(0.1)  # some looks
        assert not reading.done()
        reading.cancel()
        ends(client)
        await until(lambda: not server.connections)
        [record] = server.endpoint.journal()
        assert record.left is not None


@on_loop
async def test_looks_do_not_get_into_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    monkeypatch.setattr(leaving, "_LATE", 0.001)
    monkeypatch.setattr(leaving, "_SOON", 0.001)
    async with standing(service(tokens=500)) as server, await RawClient.connect(server.port) as client:
        await client.send(request(stream=True))
        client.finish()
        answer = await client.answer()
        await client.to_the_end()
    assert len(answer.events) == 506
    assert (client.end, client.data) == ("closed", b"")


@on_loop
async def test_under_tls_a_goodbye_is_the_end() -> None:
    """Asyncio has no half-closed TLS: whoever says goodbye has left, and leaves nothing behind."""
    context, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    _CA.issue_cert("127.0.0.1").configure_cert(context)
    _CA.configure_trust(trusting)
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))
    server = WireServer(Endpoint(service(tokens=ENDLESS), seed=1), scale=SCALE, tls=context)
    await server.start()
    server.begin()
    got = await asyncio.to_thread(_goodbye, server.port, trusting)
    await until(lambda: not server.connections)
    await until(lambda: not server.endpoint.under_way)
    await server.stop()
    begun = parse(got)
    assert begun is not None
    assert (begun.status, begun.is_whole) == ("HTTP/1.1 200 OK", False)
    assert not reported


def _goodbye(port: int, trusting: ssl.SSLContext) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as sock:
        secret = trusting.wrap_socket(sock, server_hostname="127.0.0.1")
        secret.sendall(request(stream=True))
        got = b""
        while b"content_block_delta" not in got:
            got += secret.recv(65536)
        secret.unwrap().close()
        return got
