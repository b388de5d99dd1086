"""Many callers share one state, and whoever leaves gives back what the layers hold for it."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Iterator
from itertools import count
from random import Random
from time import monotonic
from types import SimpleNamespace
from typing import Any

import anthropic
import pytest

from brownout import errors, faults
from brownout.harness.client import Client
from brownout.harness.production.blocking import BlockingFlow
from brownout.harness.production.opened import Opened
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord, BreakerRecord
from brownout.harness.testing.service import Service

from ...patience import PATIENCE
from ..drivers.test_cancellation import Turns
from .callers import ASK, NO_RETRIES, Async, Blocking, Caller, layers
from .interrupting import interrupted_after

CALLERS = 50
PROBES = 3
BREAKER = layers(f"breaker: {{failures: 1, open_for: 100ms, probes: {PROBES}}}", NO_RETRIES)
ONE_PROBE = layers("breaker: {failures: 1, open_for: 10ms}", NO_RETRIES)


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns a thousand times as often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def half_open(caller: Caller, service: Service, seconds: float = 0.15, requests: int = 1) -> None:
    """The next call is one that is let through to see."""
    service.next(faults.overload(), times=requests)
    with pytest.raises(anthropic.APIStatusError):
        caller.create()
    threading.Event().wait(seconds)


def test_a_half_open_breaker_lets_its_probes_through_and_nobody_else(caller: Caller, service: Service) -> None:
    caller.resilient(BREAKER)
    service.answers(first_token="2s")
    half_open(caller, service)
    ended = caller.together(CALLERS)
    assert len(service.requests) == 1 + PROBES
    assert sum(isinstance(each, errors.BreakerOpen) for each in ended) == CALLERS - PROBES
    assert sum(isinstance(each, anthropic.types.Message) for each in ended) == PROBES
    assert [turn.after for turn in caller.of(BreakerRecord)] == ["open", "half-open", "closed"]
    assert len({call.call for call in caller.of(FinishedCall)}) == 1 + CALLERS


def test_a_probe_that_is_abandoned_gives_its_permit_back(caller: Caller, service: Service) -> None:
    caller.resilient(ONE_PROBE)
    half_open(caller, service)
    caller.left_early(1)
    assert caller.create().content
    assert [turn.after for turn in caller.of(BreakerRecord)] == ["open", "half-open", "closed"]


def test_a_probe_that_is_dropped_gives_its_permit_back(service: Service) -> None:
    """Nobody has closed it: the garbage collector finds it."""
    blocking = Blocking(service.url)
    client = blocking.resilient(ONE_PROBE)
    half_open(blocking, service)
    next(client.messages.create(stream=True, **ASK))
    gc.collect()
    assert blocking.create().content
    blocking.close()


@pytest.mark.parametrize("what", ["create", "text"])
def test_a_thread_that_is_interrupted_leaves_nothing(service: Service, what: str) -> None:
    blocking = Blocking(service.url)
    blocking.resilient(ONE_PROBE)
    half_open(blocking, service)
    service.next(faults.stall(pings="20ms"))
    with pytest.raises(KeyboardInterrupt), interrupted_after(0.3):
        getattr(blocking, what)()
    assert [attempt.outcome for attempt in blocking.of(AttemptRecord)] == ["status", "cancelled"]
    assert blocking.create().content
    blocking.close()


def test_another_thread_can_close_a_stream_that_is_being_read(service: Service) -> None:
    blocking = Blocking(service.url)
    client = blocking.resilient(layers(NO_RETRIES, timeouts="read: 100s"))
    service.next(faults.stall())
    began = monotonic()
    with client.messages.stream(**ASK) as stream:
        threading.Timer(0.2, stream.close).start()
        with pytest.raises(errors.ResilienceError, match="cancelled") as raised:
            list(stream.text_stream)
    assert raised.value.partial
    assert monotonic() - began < PATIENCE
    assert [call.outcome for call in blocking.of(FinishedCall)] == ["cancelled"]
    blocking.close()


def test_it_can_be_closed_at_any_moment(service: Service, switching: None) -> None:
    """While its thread reads, steps the layers, or is about to wait for them."""
    blocking = Blocking(service.url)
    client = blocking.resilient(layers(NO_RETRIES, timeouts="read: 1000s"))
    service.always(faults.stall(at={"tokens": 3}), optional=True)
    draws = Random(1)
    for _ in range(60):
        with client.messages.stream(**ASK) as stream:
            closing = threading.Timer(0.03 * draws.random(), stream.close)
            closing.start()
            with pytest.raises(errors.ResilienceError, match="cancelled"):
                list(stream.text_stream)
            closing.join()
    assert {call.outcome for call in blocking.of(FinishedCall)} == {"cancelled"}
    blocking.close()


def test_what_is_forgotten_while_it_is_let_go_is_closed() -> None:
    """By the thread of the call, which ends between two steps of the one that closes."""
    closed: list[bool] = []
    opened = Opened(None, SimpleNamespace(now=lambda: 0.0))  # type: ignore[arg-type]
    real = SimpleNamespace(_iterator=iter(()), close=lambda: closed.append(True))
    opened.reads(real, iter(()), SimpleNamespace(watch=None, end=lambda outcome: opened.forget()), None)
    BlockingFlow._let_go(opened)
    BlockingFlow._let_go(opened)
    assert closed == [True]


SLOW_RETRY = "retry: {retries: 1, backoff: {base: 1000s, jitter: none}, on: [stream_before_text]}"


def test_who_waits_to_try_again_can_be_closed(service: Service) -> None:
    """From another thread; or by another task."""
    blocking = Blocking(service.url)
    client = blocking.resilient(layers(SLOW_RETRY, NO_RETRIES))
    service.next(faults.reset(at="after_headers"), times=2)
    with client.messages.stream(**ASK) as stream:
        threading.Timer(0.2, stream.close).start()
        with pytest.raises(errors.ResilienceError, match="cancelled"):
            list(stream.text_stream)
    blocking.close()

    async def closed() -> None:
        async with caller.client.messages.stream(**ASK) as stream:
            closing = asyncio.create_task(close(stream))
            with pytest.raises(errors.ResilienceError, match="cancelled"):
                await stream.get_final_text()
            await closing

    async def close(stream: Any) -> None:
        await asyncio.sleep(0.2)
        await stream.close()

    caller = Async(service.url)
    caller.resilient(layers(SLOW_RETRY, NO_RETRIES))
    caller.run(lambda _: closed())
    caller.close()


CONFIGS: dict[str, Client] = {
    "alone": ONE_PROBE,
    "limited": layers(
        "deadline: {total: 60s}", "breaker: {failures: 1, open_for: 10ms}", "content_gap: {limit: 50s}", NO_RETRIES
    ),
    "raced": layers("breaker: {failures: 1, open_for: 10ms}", "hedge: {after: 1ms}", NO_RETRIES),
}


async def _create(client: Any) -> None:
    await client.messages.create(**ASK)


async def _stream(client: Any) -> None:
    async with client.messages.stream(**ASK) as stream:
        async for _ in stream.text_stream:
            pass


async def _final(client: Any) -> None:
    async with client.messages.stream(**ASK) as stream:
        await stream.get_final_message()


@pytest.mark.parametrize("work", [_create, _stream, _final])
@pytest.mark.parametrize("name", CONFIGS)
def test_a_task_can_be_cancelled_at_every_turn_of_the_loop(service: Service, name: str, work: Any) -> None:
    """No task and no permit stays behind, and the next call goes through."""
    service.answers(tokens=2, first_token="1ms", token_gap="0ms")
    loop_turns = Turns()
    caller = Async(service.url, lambda: asyncio.SelectorEventLoop(loop_turns))
    client = caller.resilient(CONFIGS[name])

    async def cancelled_after(turns: int) -> bool:
        before = asyncio.all_tasks()
        task = asyncio.create_task(work(client))
        left: list[bool] = []
        loop_turns.after(turns, lambda: left.append(task.cancel()))
        await asyncio.wait([task])
        loop_turns.after(0, lambda: None)
        assert task.cancelled() or (not any(left) and task.exception() is None)
        assert asyncio.all_tasks() == before
        return any(left)

    for turns in count():
        half_open(caller, service, 0.012, 2 if name == "raced" else 1)
        if not caller._do(cancelled_after(turns)):
            break
        caller.create()
    assert turns > 3
    caller.close()


def test_a_timeout_of_the_applications_own_is_left_alone(service: Service) -> None:
    caller = Async(service.url)
    client = caller.resilient(CONFIGS["limited"])
    service.next(faults.no_answer())

    async def call() -> None:
        async with asyncio.timeout(0.2):
            await client.messages.create(**ASK)

    with pytest.raises(TimeoutError):
        caller._do(call())
    assert caller.create().content
    caller.close()


def test_a_limit_and_a_cancellation_in_the_same_instant(service: Service) -> None:
    """Who cancels a task is obeyed, though a limit has fired as well."""
    caller = Async(service.url)
    client = caller.resilient(layers("deadline: {total: 200ms}", NO_RETRIES))
    service.next(faults.no_answer())

    async def call() -> None:
        task = asyncio.create_task(client.messages.create(**ASK))
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0.05)
        loop.call_at(loop.time() + 0.145, lambda: threading.Event().wait(0.05))  # both are due when it is over
        loop.call_at(loop.time() + 0.15, task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task

    caller._do(call())
    caller.close()


def test_a_limit_is_not_swallowed_with_the_cancellation_that_it_is_made_of(service: Service) -> None:
    """The task goes on afterwards as one that nobody has cancelled."""
    caller = Async(service.url)
    client = caller.resilient(layers("deadline: {total: 100ms}", NO_RETRIES))
    service.next(faults.no_answer())

    async def call() -> int:
        with pytest.raises(errors.DeadlineExceeded):
            await client.messages.create(**ASK)
        task = asyncio.current_task()
        assert task is not None
        await asyncio.sleep(0)
        return task.cancelling()

    assert caller._do(call()) == 0
    caller.close()
