"""One run on the wire."""

from __future__ import annotations

import asyncio

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.server import WireServer

from ...client import Client
from ...ledger import Ledger
from ...scenario import Scenario
from ..sdk.client import on_our_clock
from ..sdk.run import play
from .warm_up import warm_up


def run(scenario: Scenario, client: Client, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed, in real time divided by `scale`."""
    with on_our_clock(scale):
        return asyncio.run(_run(scenario, client, seed, scale))


async def _run(scenario: Scenario, client: Client, seed: int, scale: float) -> Ledger:
    await warm_up()
    endpoint = Endpoint(scenario.service(), seed)
    server = WireServer(endpoint, scale=scale)
    await server.start()

    def connecting(who: Identity, stream: bool) -> None:
        if server.is_dark:
            endpoint.connect(who, stream, server.clock.now())

    def refused(who: Identity, stream: bool) -> None:
        if not server.is_dark:  # else it was counted when it began
            endpoint.connect(who, stream, server.clock.now())

    try:
        ledger = await play(scenario, client, seed, server, f"http://{server.host}:{server.port}", connecting, refused)
    finally:
        await server.stop()
    ledger.close(endpoint)
    return ledger
