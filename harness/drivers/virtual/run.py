"""One run of the asynchronous SDK in virtual time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

from brownout.fakes.draws import Draws, Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.virtual.server import VirtualServer
from brownout.fakes.virtual.world import World

from ...few_collections import few_collections
from ...fleet import Configuration
from ...ledger import Ledger
from ...scenario import Scenario
from ..current import CURRENT
from ..sdk.client import on_our_clock
from ..sdk.run import play
from .backends import in_memory

HOST = "claude.test"
URL = f"http://{HOST}"


def url(scenario: Scenario) -> str:
    """Where clients find its service: by TLS if that is what goes wrong."""
    return f"https://{HOST}" if scenario.has_tls_faults else URL


def run(scenario: Scenario, client: Configuration, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed. `scale` is for clocks that cost something."""
    with served(scenario, seed) as (_, server):
        ledger = asyncio.run(play(scenario, client, seed, server, url(scenario)))
    ledger.close(server.endpoint)
    return ledger


@contextmanager
def served(
    scenario: Scenario, seed: int, hosts: Sequence[str] = (HOST,), limit: float = math.inf
) -> Iterator[tuple[World, VirtualServer]]:
    """A virtual time in which every client that connects to one of the hosts reaches the scenario's service; for so
    many seconds at most."""
    stray = Draws(seed, "jitter of calls that are not ours")
    numbers = count()
    with (
        few_collections(),
        World(limit) as world,
        on_our_clock(1.0, stray=lambda: stray.uniform(next(numbers))),
        in_memory(world.network),
    ):
        server = VirtualServer(Endpoint(scenario.service(), seed), world.hub, caller)
        for host in hosts:
            world.network.listen(host, server)
        try:
            yield world, server
        finally:  # or a client that lives on would go on talking to it
            server.stop()


def caller() -> tuple[Identity, bool] | None:
    """Whose request the current task or strand is about to send."""
    watch = CURRENT.get()
    return None if watch is None or watch.who is None else (watch.who, watch.call.is_stream)
