"""A fake on a loopback port for one test, and what a test of it shares. Nothing here judges."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.http.bounds import Bounds
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.certificates import Certificates
from brownout.fakes.wire.server import WireServer

from .raw import RawClient

SCALE = 20.0
"""Seconds of the scenario in one second of the wall clock."""
TOKENS = 8
"""The length of every answer, unless a test says otherwise."""
ENDLESS = 10**6
"""Tokens of an answer that takes hours: whatever is to happen before its end does."""


def fault_of(given: Mapping[str, Any]) -> Fault:
    """A fault from a mapping as in a scenario file."""
    return FAULTS[given["kind"]].model_validate(given)


def service(
    *phases: Phase,
    tokens: int = TOKENS,
    first_token: str = "100ms",
    gap: str = "20ms",
    round_trip: str = "4ms",
    capacity: Capacity | None = None,
    limits: Limits | None = None,
) -> Service:
    """A quick service without any randomness."""
    latency = Latency.model_validate({"round_trip": round_trip, "first_token": first_token, "token_gap": gap})
    return Service(
        latency, capacity or Capacity(), limits or Limits(), ((1.0, tokens_always(tokens)),), phases or (Phase(0.0),)
    )


class SteppedServer(WireServer):
    """A server whose phases begin when a test says so."""

    def begin(self) -> None:
        self.clock.start()
        self.enter(0)

    def enter(self, phase: int) -> None:
        self._begin_phase(phase)


@asynccontextmanager
async def serving(
    what: Service, scale: float = SCALE, bounds: Bounds | None = None, certificates: Certificates | None = None
) -> AsyncIterator[SteppedServer]:
    """A server in the first phase of its scenario; with certificates it speaks TLS."""
    tls, untrusted = (None, None) if certificates is None else (certificates.good, certificates.untrusted)
    server = SteppedServer(Endpoint(what, seed=1), scale=scale, tls=tls, untrusted=untrusted, bounds=bounds or Bounds())
    await server.start()
    server.begin()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def standing(what: Service, scale: float = SCALE, bounds: Bounds | None = None) -> AsyncIterator[SteppedServer]:
    """The same, and at the end it stands: whoever has left leaves nothing behind, a client is served, and the event
    loop has had no exception to report."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))
    async with serving(what, scale, bounds) as server:
        yield server
        await until(lambda: not server.connections)
        async with await RawClient.connect(server.port) as healthy:
            for stream in (False, True):
                assert (await healthy.ask(stream, max_tokens=5)).status == "HTTP/1.1 200 OK"
        await until(lambda: not server.connections)
        assert not server.endpoint.under_way
    assert not reported


async def until(is_so: Callable[[], object]) -> None:
    """Wait for something that the server's objects show."""
    while not is_so():
        await asyncio.sleep(0.001)


async def outcome(of: Awaitable[Any]) -> Any:
    """What it returned, or the exception it raised."""
    return (await asyncio.gather(of, return_exceptions=True))[0]
