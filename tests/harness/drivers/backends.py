"""Every backend by its name, as a function of scenario, client, seed and time scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.virtual.blocking import run as play_blocking
from brownout.harness.drivers.virtual.run import run as play_virtual
from brownout.harness.drivers.wire.run import run as play
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario

Run = Callable[[Scenario, Client, int, float], Ledger]

BACKENDS: Mapping[str, Run] = {
    "sim": simulate,
    "virtual": play_virtual,
    "virtual-blocking": play_blocking,
    "wire": play,
}
"""Only the wire's time costs anything, and is scaled."""
