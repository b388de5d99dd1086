"""One run on the wire."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import anthropic

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.server import WireServer

from ...client import Client
from ...ledger import Ledger
from ...policies.effects import Run
from ...policies.layer import Site
from ...scenario import Scenario
from ..callers import Callers
from . import sdk
from .port import WirePort
from .warm_up import warm_up


def run(scenario: Scenario, client: Client, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed, in real time divided by `scale`."""
    with sdk.on_our_clock(scale):
        return asyncio.run(_run(scenario, client, seed, scale))


async def _run(scenario: Scenario, client: Client, seed: int, scale: float) -> Ledger:
    await warm_up()
    ledger = Ledger()
    endpoint = Endpoint(scenario.service(), seed)
    server = WireServer(endpoint, scale=scale)
    await server.start()
    timeouts = client.timeouts.timeouts()
    url = f"http://{server.host}:{server.port}"
    clients: dict[int, anthropic.AsyncAnthropic] = {}

    given = {name for name, _ in client.profiles.given()}
    variants: dict[tuple[int, str], anthropic.AsyncAnthropic] = {}

    def client_of(number: int, profile: str = "") -> anthropic.AsyncAnthropic:
        if number not in clients:
            clients[number] = sdk.make(url, client.sdk.max_retries, timeouts, scale)
        if profile not in given:
            return clients[number]
        which = number, profile
        if which not in variants:
            retries, limits = client.sdk_of(profile).max_retries, client.timeouts_of(profile)
            variants[which] = sdk.variant(clients[number], retries, limits, scale)
        return variants[which]

    def connecting(who: Identity, stream: bool) -> None:
        if server.is_dark:
            endpoint.connect(who, stream, server.clock.now())

    def refused(who: Identity, stream: bool) -> None:
        if not server.is_dark:  # else it was counted when it began
            endpoint.connect(who, stream, server.clock.now())

    port = WirePort(server.clock, client_of, ledger.record, connecting, refused)

    def stack_of(number: int) -> Run:
        return client.stack(Site(number, port.now, ledger.record, timeouts, has_real_sdk=True))

    done = asyncio.Event()
    callers = Callers(scenario.calls(seed), stack_of, port, ledger, seed, done.set)
    for number in range(scenario.workload.clients):
        client_of(number)  # made before the clock starts, so that no call waits for it
    server.begin()
    callers.start()
    with suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), scenario.end / scale)
    callers.censor()
    await port.close()
    for each in clients.values():
        await each.close()
    await server.stop()
    callers.raise_failures()
    ledger.close(endpoint)
    return ledger
