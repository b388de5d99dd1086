"""One run in the simulator."""

from __future__ import annotations

from brownout.fakes.endpoint import Endpoint

from ...few_collections import few_collections
from ...fleet import Configuration, client_of, configurations
from ...ledger import Ledger
from ...scenario import Scenario
from ..callers import Callers
from ..stacks import stacks
from .clock import SimClock
from .pool import PoolLimits
from .port import SimPort


def run(scenario: Scenario, client: Configuration, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed. `scale` is for clocks that cost something."""
    ledger = Ledger()
    clock = SimClock(lanes={length for each in configurations(client) for length in each.lengths()})
    endpoint = Endpoint(scenario.service(), seed)
    who = client_of(client, scenario.workload.clients)

    def limits_of(number: int) -> PoolLimits:
        return PoolLimits(counts_busy=who(number).sdk.major == "0")

    port = SimPort(clock, endpoint, ledger.attempts, limits_of)
    callers = Callers(scenario.calls(seed), stacks(who, clock.now, ledger.record), port, ledger, seed)
    port.follow_phases()
    callers.start()
    with few_collections():
        clock.env.run(until=scenario.end)
        callers.censor()
        callers.raise_failures()
        ledger.close(endpoint)
    return ledger
