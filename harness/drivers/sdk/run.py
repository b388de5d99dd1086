"""One run with the asynchronous SDK, on any network: what listens and which clock rules is the backend's."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial

from brownout.fakes.draws import Identity
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.http.server import Server

from ...fleet import Configuration, client_of
from ...ledger import Ledger
from ...scenario import Scenario
from ..stacks import stacks
from ..tasks import play_calls
from .client import Clients, make
from .port import AsyncPort

Seen = Callable[[Identity, bool], object]


async def play(
    scenario: Scenario,
    client: Configuration,
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
    who = client_of(client, scenario.workload.clients)
    clients = Clients(partial(make, trusting=trusting), who, url, clock.scale)
    port = AsyncPort(clock, clients.of, ledger.record, connecting, refused)
    stack_of = stacks(who, port.now, ledger.record, has_real_sdk=True)
    for number in range(scenario.workload.clients):
        clients.of(number)  # made before the clock starts, so that no call waits for it
    callers = await play_calls(scenario, seed, port, clock, stack_of, ledger, server.begin)
    for each in clients.made():
        await each.close()
    callers.raise_failures()
    return ledger
