"""One run in the simulator."""

from __future__ import annotations

from brownout.fakes.endpoint import Endpoint

from ...client import Client
from ...few_collections import few_collections
from ...ledger import Ledger
from ...policies.effects import Run
from ...policies.layer import Site
from ...scenario import Scenario
from ..callers import Callers
from .clock import SimClock
from .pool import PoolLimits
from .port import SimPort

OF_A_CLIENT = 50
"""About how many objects its layers, its pool and its connections are."""


def run(scenario: Scenario, client: Client, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed. `scale` is for clocks that cost something."""
    # Until all is gone that only the run needs, so that the collector need not look through it.
    with few_collections(lasting=OF_A_CLIENT * scenario.workload.clients):
        return _play(scenario, client, seed)


def _play(scenario: Scenario, client: Client, seed: int) -> Ledger:
    ledger = Ledger()
    clock = SimClock(lanes=client.lengths())
    endpoint = Endpoint(scenario.service(), seed)
    port = SimPort(clock, endpoint, ledger.attempts, PoolLimits(counts_busy=client.sdk.major == "0"))
    timeouts = client.timeouts.timeouts()

    def stack_of(number: int) -> Run:
        return client.stack(Site(number, clock.now, ledger.record, timeouts))

    callers = Callers(scenario.calls(seed), stack_of, port, ledger, seed)
    port.follow_phases()
    callers.start()
    clock.settle()
    clock.env.run(until=scenario.end)
    callers.censor()
    callers.raise_failures()
    ledger.close(endpoint)
    return ledger
