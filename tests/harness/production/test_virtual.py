"""A resilient client is a program like any other: in virtual time its limits are exact, and nobody waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import anthropic
import pytest

import brownout
from brownout import errors, faults
from brownout.fakes.faults import Fault

from .callers import ASK, NO_RETRIES, layers

HEDGED = layers("hedge: {after: 10s}", NO_RETRIES)


def blocking(config: Any, is_stream: bool) -> Any:
    client = brownout.resilient(anthropic.Anthropic(api_key="none"), config)
    if not is_stream:
        return client.messages.create(**ASK)
    with client.messages.stream(**ASK) as stream:
        return "".join(stream.text_stream)


def in_loop(config: Any, is_stream: bool) -> Any:
    async def call() -> Any:
        client = brownout.resilient(anthropic.AsyncAnthropic(api_key="none"), config)
        if not is_stream:
            return await client.messages.create(**ASK)
        async with client.messages.stream(**ASK) as stream:
            return "".join([text async for text in stream.text_stream])

    return asyncio.run(call())


CALLS: list[Callable[[Any, bool], Any]] = [blocking, in_loop]
ENDED: list[tuple[Fault, bool, type[Exception], float]] = [
    (faults.trickle(every="1s"), False, errors.DeadlineExceeded, 85.0),
    (faults.stall(pings="5s"), True, errors.ContentGapExceeded, 15.26),
    (faults.stall(), True, errors.ContentGapExceeded, 15.26),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("fault", "is_stream", "error", "seconds"), ENDED)
def test_limits_are_exact(call: Any, fault: Fault, is_stream: bool, error: type[Exception], seconds: float) -> None:
    """The third token comes after 0.26 s, and then nothing."""
    with brownout.virtual() as service:
        service.next(fault)
        with pytest.raises(error):
            call("budgeted", is_stream)
        assert service.now == pytest.approx(seconds, abs=0.001)


@pytest.mark.parametrize("call", CALLS)
def test_a_hedge_is_sent_when_it_is_due(call: Any) -> None:
    with brownout.virtual() as service:
        service.next(faults.no_answer())
        assert call(HEDGED, False).content
        assert service.now == pytest.approx(10.4, abs=0.05)
        assert len(service.requests) == 2


def test_threads_share_a_breaker_there() -> None:
    with brownout.virtual() as service:
        client = brownout.resilient(anthropic.Anthropic(api_key="none"), layers("breaker: {failures: 2}", NO_RETRIES))
        service.next(faults.overload(), times=2)
        seen: list[type] = []

        def call() -> None:
            try:
                client.messages.create(**ASK)
            except anthropic.APIError as error:
                seen.append(type(error))

        for _ in range(4):
            thread = threading.Thread(target=call)
            thread.start()
            thread.join()
        assert seen == [anthropic.OverloadedError] * 2 + [errors.BreakerOpen] * 2
