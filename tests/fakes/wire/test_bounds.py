"""What one client may do to the server: heads, bodies and connections up to a size, a count and a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from brownout.fakes.http.bounds import Bounds
from brownout.fakes.wire import descriptors

from ...loops import on_loop
from .raw import RawClient, Response, request
from .serving import service, standing, until

SMALL = Bounds(head=2000, headers=20, body=100_000, connections=5)
HURRIED = Bounds(patience=1.0)
HEAD, _, BODY = request().partition(b"\r\n\r\n")
CHUNKED = request(headers={"content-length": "", "transfer-encoding": "chunked"}, body=b"")


async def refused(client: RawClient, status: int, kind: str = "invalid_request_error") -> Response:
    """What it is told before the connection ends."""
    answer = await client.answer()
    await client.to_the_end()
    assert answer.status.split()[1] == str(status)
    assert answer.headers["connection"] == "close"
    assert answer.json["error"]["type"] == kind
    assert answer.json["request_id"] == answer.headers["request-id"]
    assert (client.end, client.data) == ("closed", b"")
    return answer


HEADS = {
    "one long header": request(headers={"x": "y" * 3000}),
    "many headers": request(headers={f"x{number}": "y" for number in range(20)}),
    "a long target": request(path="/" + "x" * 3000),
    "a long name": request(headers={"x" * 3000: "y"}),
}


@pytest.mark.parametrize("data", HEADS.values(), ids=list(HEADS))
@pytest.mark.parametrize("piece", [10**6, 100])
@on_loop
async def test_a_large_head_is_refused(data: bytes, piece: int) -> None:
    """In one piece or in many: 431, and the end of the connection, which others do not feel."""
    async with standing(service(), bounds=SMALL) as server, await RawClient.connect(server.port) as other:
        async with await RawClient.connect(server.port) as client:
            for start in range(0, len(data), piece):
                await client.send(data[start : start + piece])
            await refused(client, 431)
        assert (await other.ask()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_a_head_up_to_the_bound_is_read() -> None:
    async with standing(service(), bounds=SMALL) as server, await RawClient.connect(server.port) as client:
        headers = {f"x{number}": "y" * 80 for number in range(17)}  # with host, key and length there are 20
        assert (await client.ask(headers=headers)).status == "HTTP/1.1 200 OK"


def endless(begin: bytes, piece: bytes) -> Iterator[bytes]:
    yield begin
    while True:
        yield piece


ENDLESS = {
    # name: (what comes first, what follows for ever, status)
    "a target": (b"POST /", b"x" * 5000, 431),
    "a header": (b"POST / HTTP/1.1\r\nx: ", b"y" * 5000, 431),
    "headers": (b"POST / HTTP/1.1\r\n", b"x: y\r\n" * 900, 431),
    "a chunk of any size": (CHUNKED + b"7fffffffff\r\n", b"z" * 5000, 413),
    "chunks": (CHUNKED, b"64\r\n" + b"z" * 100 + b"\r\n", 413),
    "a size of a chunk": (CHUNKED, b"0" * 5000, 431),
    "an extension of a chunk": (CHUNKED + b"1;x=", b"y" * 5000, 431),
    "a trailer": (CHUNKED + b"0\r\nx: ", b"y" * 5000, 431),
    "trailers": (CHUNKED + b"0\r\n", b"x: y\r\n" * 900, 431),
}


@pytest.mark.parametrize(("begin", "piece", "status"), ENDLESS.values(), ids=list(ENDLESS))
@on_loop
async def test_what_has_no_end_is_ended(begin: bytes, piece: bytes, status: int) -> None:
    """Nothing that a client can go on with for ever is kept, nor listened to: it is told so, and is not heard."""
    async with standing(service(), bounds=SMALL) as server, await RawClient.connect(server.port) as client:
        sending = asyncio.create_task(_send_all(client, endless(begin, piece)))
        answer = await client.answer()
        assert (answer.status.split()[1], answer.headers["connection"]) == (str(status), "close")
        [connection] = server.connections
        assert len(connection._body) <= SMALL.body
        await sending
        client.close()


async def _send_all(client: RawClient, pieces: Iterator[bytes]) -> None:
    """Until the server has had enough."""
    try:
        for piece in pieces:
            await client.send(piece)
            await asyncio.sleep(0)
    except ConnectionError:
        return


@pytest.mark.parametrize("more", [{}, {"expect": "100-continue"}])
@on_loop
async def test_a_body_that_says_it_is_too_large_need_not_come(more: dict[str, str]) -> None:
    """413 before a byte of it, and nobody is told to go on."""
    async with standing(service(), bounds=SMALL) as server, await RawClient.connect(server.port) as client:
        await client.send(request(headers={"content-length": "100001"} | more, body=b""))
        await refused(client, 413, "request_too_large")


@on_loop
async def test_a_body_as_large_as_may_be_is_read() -> None:
    body = BODY + b" " * (SMALL.body - len(BODY))
    async with standing(service(), bounds=SMALL) as server, await RawClient.connect(server.port) as client:
        assert (await client.ask(body=body)).status == "HTTP/1.1 200 OK"
        await client.send(request(body=body + b" "))
        await refused(client, 413, "request_too_large")


@on_loop
async def test_of_too_many_connections_the_last_ones_are_closed() -> None:
    """Without a word; those that are open are served, and whoever leaves makes room."""
    async with standing(service(), bounds=SMALL) as server:
        inside = [await RawClient.connect(server.port) for _ in range(5)]
        await until(lambda: len(server.connections) == 5)
        for _ in range(50):
            async with await RawClient.connect(server.port) as outside:
                await outside.to_the_end()
                assert (outside.data, len(server.connections)) == (b"", 5)
        for client in inside:
            assert (await client.ask()).status == "HTTP/1.1 200 OK"
        inside.pop().close()
        await until(lambda: len(server.connections) == 4)
        async with await RawClient.connect(server.port) as client:
            assert (await client.ask()).status == "HTTP/1.1 200 OK"
        for client in inside:
            client.close()


def test_there_are_not_more_connections_than_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are left for the rest of the process."""

    class Few:
        RLIMIT_NOFILE, RLIM_INFINITY = 7, -1
        limits = (256, 4096)

        def getrlimit(self, which: int) -> tuple[int, int]:
            return self.limits

        def setrlimit(self, which: int, limits: tuple[int, int]) -> None:
            self.limits = limits

    few = Few()
    monkeypatch.setattr(descriptors, "_resource", few)
    assert (descriptors.room(100), descriptors.room(20_000)) == (100, 256 - 64)
    descriptors.raise_limit()
    assert (few.limits, descriptors.room(20_000)) == ((4096, 4096), 4096 - 64)
    few.limits = (-1, -1)
    assert descriptors.room(20_000) == 20_000
    monkeypatch.setattr(descriptors, "_resource", None)
    descriptors.raise_limit()
    assert descriptors.room(20_000) == 20_000


UNFINISHED = {
    "a head": HEAD[:40],
    "a line end short of a head": HEAD + b"\r\n",
    "a body": HEAD + b"\r\n\r\n" + BODY[:10],
    "no body": HEAD + b"\r\n\r\n",
    "a chunk": CHUNKED + b"20\r\nxx",
    "a body that is asked for": HEAD + b"\r\nexpect: 100-continue\r\n\r\n",
}


@pytest.mark.parametrize("data", UNFINISHED.values(), ids=list(UNFINISHED))
@on_loop
async def test_a_request_that_stays_unfinished_is_given_up(data: bytes) -> None:
    """408, also behind requests that were whole; a kept-alive connection may be idle for as long as it likes."""
    async with standing(service(), bounds=HURRIED) as server:
        idle, served = [await RawClient.connect(server.port) for _ in range(2)]
        assert (await served.ask()).status == "HTTP/1.1 200 OK"
        async with await RawClient.connect(server.port) as client:
            await client.send(request() + data)
            assert (await client.answer()).status == "HTTP/1.1 200 OK"
            if b"expect" in data:
                await client.until(b"100 Continue\r\n\r\n")
                client.data = b""
            await refused(client, 408)
        for other in (idle, served):
            assert (await other.ask()).status == "HTTP/1.1 200 OK"
            other.close()


@on_loop
async def test_a_body_may_take_its_time_as_long_as_it_goes_on() -> None:
    """And a head may not, however often a byte of it comes."""
    async with standing(service(), bounds=HURRIED) as server, await RawClient.connect(server.port) as steady:
        slow = await RawClient.connect(server.port)
        await steady.send(HEAD + b"\r\n\r\n")
        asked = asyncio.create_task(slow.answer())
        await slow.send(HEAD + b"\r\nx: ")
        given_up = 0
        async for byte in _paced(BODY):
            await steady.send(byte)
            if not asked.done():
                await slow.send(b"y")
            elif given_up < 3:  # by then more time has gone than the body would have had
                assert asked.result().status == "HTTP/1.1 408 Request Timeout"
                given_up += 1
                slow.close()
                slow = await RawClient.connect(server.port)
                asked = asyncio.create_task(slow.answer())
                await slow.send(HEAD + b"\r\nx: ")
        assert (await steady.answer()).status == "HTTP/1.1 200 OK"
        assert given_up
        asked.cancel()
        slow.close()


async def _paced(data: bytes) -> AsyncIterator[bytes]:
    for start in range(len(data)):
        yield data[start : start + 1]
        await asyncio.sleep(0.03)


@on_loop
async def test_a_request_that_comes_whole_sets_no_timer() -> None:
    """Nor does one in two pieces, but for the first of a minute."""
    async with standing(service()) as server, await RawClient.connect(server.port) as client:
        assert (await client.ask()).status == "HTTP/1.1 200 OK"
        [connection] = server.connections
        assert connection._patience._timer is None
        timers = set()
        for _ in range(3):
            await client.send(HEAD + b"\r\n\r\n")
            await until(lambda: connection._patience._is_waiting)
            await client.send(BODY)
            assert (await client.answer()).status == "HTTP/1.1 200 OK"
            timers.add(connection._patience._timer)
        assert len(timers) == 1
