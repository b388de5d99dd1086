"""Whole ledgers, record by record: the real SDK in virtual time, of either kind, does what the simulator does.

Nothing is left to tolerance but the rounding of differences: the same attempts at the same times, in the same order.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.virtual.blocking import run as play_blocking
from brownout.harness.drivers.virtual.run import run as play
from brownout.harness.equality import first_difference
from brownout.harness.files import load, loads
from brownout.harness.scenario import Scenario

from . import digest
from .test_scripted import BELOW, ODD, SCENARIO, SDK, SEED, STACK

EVERYTHING = load(Path(__file__).with_name("everything.yaml"), Scenario)
QUOTAS = load(Path(__file__).with_name("quotas.yaml"), Scenario)
CLIENTS = {"sdk": SDK, "stack": STACK, "hedged": digest.CLIENT}


@pytest.mark.parametrize("run", [play, play_blocking], ids=["virtual", "virtual-blocking"])
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    "scenario",
    [SCENARIO, EVERYTHING, QUOTAS, ODD, BELOW],
    ids=["scripted", "everything", "quotas", "odd", "below"],
)
def test_virtual_and_sim_are_equal_in_every_record(scenario: Scenario, client: str, run: Any) -> None:
    """Calls, attempts, waits, breakers, the server's journal and the counts of faults, at equal times."""
    config = loads(CLIENTS[client], Client)
    simulated, virtual = simulate(scenario, config, SEED), run(scenario, config, SEED)
    assert len(simulated.calls) > 50
    assert first_difference(simulated, virtual) is None


def test_a_difference_would_be_seen() -> None:
    """The comparison tells two seeds apart."""
    config = loads(SDK, Client)
    assert first_difference(simulate(EVERYTHING, config, 1), simulate(EVERYTHING, config, 2)) is not None


@pytest.mark.slow
def test_ledgers_are_equal_to_the_last_bit_whatever_the_order_of_sets() -> None:
    """Three processes under three hash seeds, and both kinds of SDK client, come to the same ledger."""
    seen = set()
    for seed, backend in (("0", "virtual"), ("1", "virtual"), ("2", "virtual-blocking")):
        command = [sys.executable, digest.__file__, backend]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        seen.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(seen) == 1
