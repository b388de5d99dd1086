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

OF_A_CLIENT = 50
"""About how many objects its layers, its pool and its connections are."""


class Simulation:
    """One configuration in one scenario under one seed, which can be stopped on its way."""

    def __init__(self, scenario: Scenario, client: Configuration, seed: int, keeps_journal: bool = True) -> None:
        """`keeps_journal`: else only the endpoint's listener learns what was served."""
        self.ledger = ledger = Ledger()
        self.clock = clock = SimClock(lanes={length for each in configurations(client) for length in each.lengths()})
        self.endpoint = endpoint = Endpoint(scenario.service(), seed, keeps_journal)
        who = client_of(client, scenario.workload.clients)

        def limits_of(number: int) -> PoolLimits:
            return PoolLimits(counts_busy=who(number).sdk.major == "0")

        port = SimPort(clock, endpoint, ledger.attempts, limits_of)
        self.callers = Callers(scenario.calls(seed), stacks(who, clock.now, ledger.record), port, ledger, seed)
        port.follow_phases()
        self.callers.start()
        clock.settle()

    def until(self, moment: float) -> None:
        """Play to that time of the scenario; what is due then is not played yet."""
        self.clock.env.run(until=moment)

    def end(self) -> None:
        """Call off what is still going on. Raises the first thing that a layer raised, if any did."""
        self.callers.censor()
        self.callers.raise_failures()


def run(scenario: Scenario, client: Configuration, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed. `scale` is for clocks that cost something."""
    # Until all is gone that only the run needs, so that the collector need not look through it.
    with few_collections(lasting=OF_A_CLIENT * scenario.workload.clients):
        return _play(scenario, client, seed)


def _play(scenario: Scenario, client: Configuration, seed: int) -> Ledger:
    simulation = Simulation(scenario, client, seed)
    simulation.until(scenario.end)
    simulation.end()
    simulation.ledger.close(simulation.endpoint)
    return simulation.ledger
