"""One run on the wire."""

from __future__ import annotations

import asyncio

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.server import UNSEEN, WireServer

from ...fleet import Configuration
from ...ledger import Ledger
from ...scenario import Scenario
from ..sdk.client import on_our_clock
from ..sdk.run import play
from .secured import Secured, secured
from .warm_up import warm_up


def run(scenario: Scenario, client: Configuration, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed, in real time divided by `scale`."""
    with on_our_clock(scale), secured(scenario) as tls:
        return asyncio.run(_run(scenario, client, seed, scale, tls))


async def _run(scenario: Scenario, client: Configuration, seed: int, scale: float, tls: Secured) -> Ledger:
    await warm_up()
    endpoint = Endpoint(scenario.service(), seed)
    server = WireServer(endpoint, scale=scale, tls=tls.tls, untrusted=tls.untrusted)
    await server.start()

    def connecting(who: Identity, stream: bool) -> None:
        if server.is_dark:
            endpoint.entrance.connect(who, stream, server.clock.now(), stages=UNSEEN)

    def refused(who: Identity, stream: bool) -> None:
        if not server.is_dark:  # else it was counted when it began
            endpoint.entrance.connect(who, stream, server.clock.now(), stages=UNSEEN)

    try:
        ledger = await play(scenario, client, seed, server, server.url, connecting, refused, tls.trusting())
    finally:
        await server.stop()
    ledger.close(endpoint)
    return ledger
