"""One run of the blocking SDK in virtual time, on strands."""

from __future__ import annotations

from ...fleet import Configuration, client_of
from ...ledger import Ledger
from ...scenario import Scenario
from ..callers import Callers
from ..sdk.client import Clients, make_blocking
from ..stacks import stacks
from .port import BlockingPort
from .run import served, url


def run(scenario: Scenario, client: Configuration, seed: int, scale: float = 1.0) -> Ledger:
    """Play one configuration through one scenario under one seed. `scale` is for clocks that cost something."""
    ledger = Ledger()
    with served(scenario, seed) as (world, server):
        who = client_of(client, scenario.workload.clients)
        clients = Clients(make_blocking, who, url(scenario), 1.0)
        port = BlockingPort(world, server.clock, clients.of, ledger.record)
        stack_of = stacks(who, port.now, ledger.record, has_real_sdk=True)
        waiter = world.hub.waiter()
        callers = Callers(scenario.calls(seed), stack_of, port, ledger, seed, waiter.wake)
        for number in range(scenario.workload.clients):
            clients.of(number)
        server.begin()
        callers.start()
        waiter.wait(scenario.end, "the calls to end")
        callers.censor()
        port.close()
        world.hub.turn()
        for each in clients.made():
            each.close()
        callers.raise_failures()
    ledger.close(server.endpoint)
    return ledger
