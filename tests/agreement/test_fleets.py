"""Fleets in virtual time: with clients of several configurations in one run, the real SDK still does what the simulator
does, record by record."""

from __future__ import annotations

from typing import Any

import pytest

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.virtual.blocking import run as play_blocking
from brownout.harness.drivers.virtual.run import run as play
from brownout.harness.equality import first_difference
from brownout.harness.files import loads
from brownout.harness.fleet import Fleet
from brownout.harness.scenario import Scenario

from . import digest
from .test_scripted import ODD, SDK, SEED, STACK
from .test_virtual import EVERYTHING

FLEET = Fleet.model_validate(
    {
        "name": "mixed",
        "fleet": [
            {"client": loads(text, Client), "share": share}
            for text, share in ((SDK, "40%"), (STACK, "40%"), (digest.CLIENT, "20%"))
        ],
    }
)
"""Timeouts, layers and retries of the SDK are of three kinds."""


@pytest.mark.parametrize("run", [play, play_blocking], ids=["virtual", "virtual-blocking"])
@pytest.mark.parametrize("scenario", [EVERYTHING, ODD], ids=["everything", "odd"])
def test_virtual_and_sim_are_equal_in_every_record(scenario: Scenario, run: Any) -> None:
    """Each client by its own configuration; and that is another run than with any of the three alone."""
    assert len(set(FLEET.places(scenario.workload.clients))) == 3
    simulated, virtual = simulate(scenario, FLEET, SEED), run(scenario, FLEET, SEED)
    assert len(simulated.calls) > 50
    assert first_difference(simulated, virtual) is None
    for member in FLEET.fleet:
        assert first_difference(simulated, simulate(scenario, member.client, SEED)) is not None
