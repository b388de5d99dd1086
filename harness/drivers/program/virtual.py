"""One run of a program in virtual time."""

from __future__ import annotations

from contextlib import ExitStack

from ...ledger import Ledger
from ...program import Program
from ...scenario import Scenario
from ...testing.environment import environment
from ..virtual.run import HOST, served, url
from .inherited import threads_inherit
from .playable import check_seen
from .run import in_a_loop, play
from .tap import tapped
from .tls import no_certificates

HOSTS = (HOST, "api.anthropic.com")


def run(scenario: Scenario, program: Program, seed: int, scale: float = 1.0) -> Ledger:
    """Play one program through one scenario under one seed. `scale` is for clocks that cost something."""
    with ExitStack() as stack:
        stack.enter_context(environment(url(scenario)))
        stack.enter_context(tapped(lambda host, port: host in HOSTS))  # left last: strands may send to their very end
        world, server = stack.enter_context(served(scenario, seed, HOSTS))
        stack.enter_context(threads_inherit())  # those of virtual time
        stack.enter_context(no_certificates())

        def check() -> None:
            check_seen(program, server, world.network.refused)

        ledger = in_a_loop(play(scenario, program, seed, server.begin, check))
    ledger.close(server.endpoint)
    return ledger
