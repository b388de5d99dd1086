"""Tokens leave when they are due, not so long after the one before: what the machine delays does not add up."""

from __future__ import annotations

import asyncio
from statistics import mean

from ...loops import on_loop
from .raw import RawClient, request
from .serving import service, serving

STREAMS, TOKENS, GAP = 30, 200, 0.005
"""How many at once, how long, and the real seconds between two tokens: one second of streams on a busy loop."""
DELTA = b"event: content_block_delta\n"


async def arrivals(port: int, number: int) -> list[float]:
    """When each token of one stream was received, in real seconds."""
    clock, seen, scanned = asyncio.get_running_loop().time, list[float](), 0
    async with await RawClient.connect(port) as client:
        await client.send(request(stream=True, who=f"{number}/0/0/0"))
        while len(seen) < TOKENS:
            assert await client.receive()
            fresh = client.data.count(DELTA, scanned)
            scanned = max(scanned, len(client.data) - len(DELTA) + 1)
            seen += [clock()] * fresh
    return seen


@on_loop
async def test_lateness_does_not_accumulate() -> None:
    """In thirty streams at once, measured from its first token, no stream is ever later for good.

    The best of a stretch counts, so that a hiccup of the machine does not.
    """
    async with serving(service(tokens=TOKENS, gap="5ms"), scale=1.0) as server:
        streams = await asyncio.gather(*(arrivals(server.port, number) for number in range(STREAMS)))
    late = [[when - stream[0] - k * GAP for k, when in enumerate(stream)] for stream in streams]
    at_first = mean(min(stream[: TOKENS // 10]) for stream in late)
    at_last = mean(min(stream[TOKENS // 2 :]) for stream in late)
    assert at_last - at_first < 3 * GAP  # a twentieth of a gap a token would make five by half-time
