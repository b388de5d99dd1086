"""A connection that is over is gone at once: a server that runs for days cannot wait for the garbage collector, which
comes seldom where it is told to be out of the way."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any
from weakref import ref

import pytest

from brownout.fakes.http.rendering import Rendering
from brownout.fakes.player import Player
from brownout.fakes.ticket import Ticket
from brownout.fakes.timeline import Phase

from ...loops import on_loop
from .raw import RawClient, request
from .serving import fault_of, service, standing, until

FAULTS: list[dict[str, Any]] = [
    {"kind": "noop"},
    {"kind": "overload"},
    {"kind": "reset", "at": {"tokens": 2}},
    {"kind": "close", "at": {"tokens": 2}},
    {"kind": "no_answer"},
    {"kind": "stall", "at": {"tokens": 2}},
    {"kind": "stall", "at": {"tokens": 2}, "for": "1s", "pings": "200ms"},
    {"kind": "nat_death", "at": {"tokens": 2}},
    {"kind": "blackhole", "where": {"calls": [0]}},
    {"kind": "malformed_json", "at": {"tokens": 2}},
    {"kind": "half_event", "at": {"tokens": 2}, "then": "close"},
    {"kind": "trickle", "bytes": 100, "every": "100ms"},
]


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault["kind"]))
@on_loop
async def test_nothing_is_left_for_the_collector(fault: dict[str, Any], leaves: bool, no_collector: None) -> None:
    """Whatever became of the request, and whoever ended the connection."""
    once = fault_of({"where": {"calls": [0]}} | fault)
    async with standing(service(Phase(0.0, (once,)))) as server:
        async with await RawClient.connect(server.port) as client:
            await until(lambda: server.connections)
            [known] = map(ref, server.connections)
            await client.send(request(True, headers={"connection": "close"}))
            if (not leaves and fault["kind"] not in ("no_answer", "stall", "nat_death", "blackhole")) or "for" in fault:
                await client.to_the_end()
        await until(lambda: not server.connections and not server.endpoint.under_way)
        await until(lambda: known() is None)
        assert not [each for each in gc.get_objects() if type(each) in (Player, Ticket, Rendering)]


BEGUN = [b"", b"no HTTP\r\n\r\n", request()[:50], request(headers={"upgrade": "h2c"}), request()]


@pytest.mark.parametrize("data", BEGUN)
@on_loop
async def test_nor_of_what_is_no_request(data: bytes, no_collector: None) -> None:
    async with standing(service()) as server:
        async with await RawClient.connect(server.port) as client:
            await until(lambda: server.connections)
            [known] = map(ref, server.connections)
            await client.send(data)
            await asyncio.sleep(0.05)
        await until(lambda: known() is None)
