"""One run with the asynchronous SDK, on any network: what listens and which clock rules is the backend's."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial

from brownout.fakes.draws import Identity
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.http.server import Server

from ...client import Client
from ...ledger import Ledger
from ...policies.effects import Run
from ...policies.layer import Site
from ...scenario import Scenario
from ..tasks import play_calls
from .client import Clients, make
from .port import AsyncPort

Seen = Callable[[Identity, bool], object]


async def play(
    scenario: Scenario,
    client: Client,
    seed: int,
    server: Server,
    url: str,
    connecting: Seen = lambda who, stream: None,
    refused: Seen = lambda who, stream: None,
    trusting: ssl.SSLContext | None = None,
) -> Ledger:
    """Play every call of the scenario against a server that listens at `url`, and begin its clock.

    `connecting` and `refused` are told of connections that the server cannot see; `trusting` is for clients, where the
    server really speaks TLS.
    """
    ledger = Ledger()
    clock = ScaledClock(asyncio.get_running_loop(), server.clock.scale)
    clients = Clients(partial(make, trusting=trusting), client, url, clock.scale)
    port = AsyncPort(clock, clients.of, ledger.record, connecting, refused)
    timeouts = client.timeouts.timeouts()

    def stack_of(number: int) -> Run:
        return client.stack(Site(number, port.now, ledger.record, timeouts, has_real_sdk=True))

    for number in range(scenario.workload.clients):
        clients.of(number)  # made before the clock starts, so that no call waits for it
    callers = await play_calls(scenario, seed, port, clock, stack_of, ledger, server.begin)
    for each in clients.made():
        await each.close()
    callers.raise_failures()
    return ledger
