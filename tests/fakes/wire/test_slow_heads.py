"""Hundreds of clients that send their heads a byte at a time, for as long as they are let."""

from __future__ import annotations

import asyncio

from brownout.fakes.http.bounds import Bounds

from ...loops import on_loop
from .raw import RawClient, request
from .serving import service, standing, until

SLOW = 300
HEAD = request()[:30]


@on_loop
async def test_slow_heads_keep_nobody_waiting() -> None:
    """Everybody else is served all along, on old connections and on new ones, until every slow one is sent away."""
    async with standing(service(), bounds=Bounds(patience=2.0)) as server, await RawClient.connect(server.port) as old:
        slow = [await RawClient.connect(server.port) for _ in range(SLOW)]
        ends = [asyncio.create_task(_dawdle(client)) for client in slow]
        await until(lambda: sum(connection._patience._is_waiting for connection in server.connections) == SLOW)
        served = 0
        while not all(end.done() for end in ends):
            async with await RawClient.connect(server.port) as new:
                for client in (old, new):
                    assert (await client.ask(stream=True)).status == "HTTP/1.1 200 OK"
            served += not any(end.done() for end in ends)
        assert served
        assert {await end for end in ends} == {"HTTP/1.1 408 Request Timeout"}


async def _dawdle(client: RawClient) -> str:
    """What it is told at last."""
    await client.send(HEAD)
    answer = asyncio.create_task(client.answer())
    while not answer.done():
        await client.send(b"x")
        await asyncio.wait({answer}, timeout=0.1)
    client.close()
    return (await answer).status
