"""One run of a program in virtual time."""

from __future__ import annotations

import asyncio

from ...ledger import Ledger
from ...program import Program
from ...scenario import Scenario
from ...testing.environment import environment
from ..virtual.run import HOST, URL, served
from .run import play
from .strangers import check_known
from .tap import tapped

HOSTS = (HOST, "api.anthropic.com")


def run(scenario: Scenario, program: Program, seed: int, scale: float = 1.0) -> Ledger:
    """Play one program through one scenario under one seed. `scale` is for clocks that cost something."""
    with environment(URL), served(scenario, seed, HOSTS) as (_, server), tapped(lambda host, port: host in HOSTS):
        ledger = asyncio.run(play(scenario, program, seed, server.begin))
        check_known(program, server)
    ledger.close(server.endpoint)
    return ledger
