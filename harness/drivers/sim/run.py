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


class Simulation:
    """One configuration in one scenario under one seed, which can be stopped on its way."""

    def __init__(self, scenario: Scenario, client: Client, seed: int, keeps_journal: bool = True) -> None:
        """`keeps_journal`: else only the endpoint's listener learns what was served."""
        self.ledger = ledger = Ledger()
        self.clock = clock = SimClock(lanes=client.lengths())
        self.endpoint = endpoint = Endpoint(scenario.service(), seed, keeps_journal)
        port = SimPort(clock, endpoint, ledger.attempts, PoolLimits(counts_busy=client.sdk.major == "0"))
        timeouts = client.timeouts.timeouts()

        def stack_of(number: int) -> Run:
            return client.stack(Site(number, clock.now, ledger.record, timeouts))

        self.callers = Callers(scenario.calls(seed), stack_of, port, ledger, seed)
        port.follow_phases()
        self.callers.start()

    def until(self, moment: float) -> None:
        """Play to that time of the scenario; what is due then is not played yet."""
        self.clock.env.run(until=moment)

    def end(self) -> None:
        """Call off what is still going on. Raises the first thing that a layer raised, if any did."""
        self.callers.censor()
        self.callers.raise_failures()


def run(scenario: Scenario, client: Client, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed. `scale` is for clocks that cost something."""
    simulation = Simulation(scenario, client, seed)
    with few_collections():
        simulation.until(scenario.end)
        simulation.end()
        simulation.ledger.close(simulation.endpoint)
    return simulation.ledger
