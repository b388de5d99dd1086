"""What the application promises when the service is in trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import anthropic
import app
import pytest

from brownout.faults import overload, phase, rate_limit, stall, truncate


@pytest.fixture(autouse=True)
def _closed_breaker() -> Iterator[None]:
    yield
    app.breaker.reset()


async def read(stream: AsyncIterator[str]) -> str:
    return "".join([piece async for piece in stream])


async def test_a_storm_of_429(brownout):
    brownout.next(rate_limit(retry_after="2s"), times=4)
    with brownout.within("30s"):
        assert await app.ask("Hello")
    assert brownout.trace.attempts == 5
    assert not brownout.trace.too_early


async def test_a_stall_in_mid_stream(brownout):
    brownout.next(stall(at={"tokens": 3}, pings="5s"))
    with brownout.within("15s"), pytest.raises(app.Incomplete) as caught:
        await read(app.stream("Hello"))
    assert caught.value.text
    assert brownout.trace.closed_by_client


async def test_a_chain_shares_its_time(brownout):
    brownout.answers(first_token="22s")
    with brownout.budget("60s") as budget, suppress(TimeoutError):
        await app.write("Tides")
    assert budget.trace.attempts == 3


async def test_the_breaker_opens_and_recovers(brownout):
    brownout.phases(phase("2m", overload()), phase("1h"))
    for _ in range(10):
        with suppress(anthropic.InternalServerError, app.BreakerOpen):
            await app.ask("Hello")
    assert brownout.trace.attempts <= 3 * 6, "the breaker lets calls through after three that failed"
    await asyncio.sleep(120)
    with brownout.within("1s") as part:
        await asyncio.gather(*(app.ask("Hello") for _ in range(5)), return_exceptions=True)
    assert part.trace.attempts == 1, "one call is to find out whether the service is well again"
    assert not app.breaker.is_open, "the service is well again, and the breaker still open"


async def test_a_truncated_stream(brownout):
    brownout.next(truncate(at={"tokens": 3}))
    with pytest.raises(app.Incomplete) as caught:
        await read(app.stream("Hello"))
    assert caught.value.text
