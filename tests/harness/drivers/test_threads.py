"""Fifty threads of blocking code that share one SDK client: over real sockets, and in virtual time."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import anthropic
import pytest

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.http.server import Server
from brownout.fakes.wire.server import WireServer
from brownout.harness.drivers.virtual.run import URL, served
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

SCENARIO = """
name: crowd
workload: {clients: 1, arrivals: {kind: closed}, calls: {deadline: 60s}}
server:
  latency: {round_trip: 10ms, first_token: 500ms, token_gap: 10ms}
  capacity: {slots: SLOTS, queue: 20}
timeline: [{for: 60s}]
"""
THREADS = 50
ASK = {"model": "claude-sonnet-5-5", "max_tokens": 16, "messages": [{"role": "user", "content": "Hello"}]}

Network = Callable[[Scenario], "Iterator[tuple[str, Server]]"]


@contextmanager
def wire(scenario: Scenario) -> Iterator[tuple[str, Server]]:
    """The fake on a real port, in an event loop of another thread."""
    ready, over = threading.Event(), list[Callable[[], object]]()
    server = WireServer(Endpoint(scenario.service(), 1))

    async def serve() -> None:
        await server.start()
        server.begin()
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        over.append(lambda: loop.call_soon_threadsafe(stop.set))
        ready.set()
        await stop.wait()
        await server.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield f"http://{server.host}:{server.port}", server
    finally:
        over[0]()
        thread.join()


@contextmanager
def virtual(scenario: Scenario) -> Iterator[tuple[str, Server]]:
    with served(scenario, 1) as (_, server):
        server.begin()
        yield URL, server


def crowd(network: Network, slots: int, max_retries: int) -> tuple[Counter[str], Server, int]:
    """What fifty calls at once came to, the server that saw them, and how many were asking at the same time."""
    scenario = loads(SCENARIO.replace("SLOTS", str(slots)), Scenario)
    with network(scenario) as (url, server):  # type: ignore[attr-defined]
        started = threading.Barrier(THREADS)
        with anthropic.Anthropic(api_key="k", base_url=url, max_retries=max_retries) as client:

            def ask(_: int) -> str:
                started.wait()
                try:
                    return str(client.messages.create(**ASK).stop_reason)  # type: ignore[call-overload]
                except anthropic.APIStatusError as error:
                    return type(error).__name__

            with ThreadPoolExecutor(THREADS) as threads:
                came = Counter(threads.map(ask, range(THREADS)))
        return came, server, most_at_once(server)


def most_at_once(server: Server) -> int:
    """The most requests that were being answered, or waited to be."""
    served = server.endpoint.journal()
    edges = sorted(edge for s in served for edge in ((s.arrived, 1), (s.ended or s.arrived, -1)))
    now = most = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


each = pytest.mark.parametrize("network", [wire, virtual])


@each
def test_they_all_ask_at_once(network: Network) -> None:
    """No thread waits for another one's answer: all fifty requests are with the service at the same time."""
    came, server, at_once = crowd(network, slots=THREADS, max_retries=0)
    assert came == {"max_tokens": THREADS}
    assert at_once == THREADS
    assert len(server.endpoint.journal()) == THREADS


@each
def test_a_service_that_is_full_refuses_the_same_number(network: Network) -> None:
    """Ten slots and a queue of twenty: twenty of fifty are told that it is overloaded."""
    came, _, _ = crowd(network, slots=10, max_retries=0)
    assert came == {"max_tokens": 30, "OverloadedError": 20}


@each
def test_refused_threads_try_again_while_others_go_on(network: Network) -> None:
    """With the SDK's own retries the twenty come back, and no sleeping thread holds up one that is answered."""
    came, server, _ = crowd(network, slots=10, max_retries=4)
    assert came == {"max_tokens": THREADS}
    assert len(server.endpoint.journal()) > THREADS
