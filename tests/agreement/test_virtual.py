"""Whole ledgers, record by record: the real SDK in virtual time, of either kind, does what the simulator does.

Nothing is left to tolerance but the rounding of differences: the same attempts at the same times, in the same order.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from brownout.fakes.draws import Identity
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.virtual.blocking import run as play_blocking
from brownout.harness.drivers.virtual.run import run as play
from brownout.harness.files import load, loads
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario

from . import digest
from .test_scripted import BELOW, ODD, SCENARIO, SDK, SEED, STACK

EVERYTHING = load(Path(__file__).with_name("everything.yaml"), Scenario)
QUOTAS = load(Path(__file__).with_name("quotas.yaml"), Scenario)
CLIENTS = {"sdk": SDK, "stack": STACK, "hedged": digest.CLIENT}
WHOLE = 1e-9
"""Seconds by which two ways to compute the same time may differ."""


def rows(records: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Records of any kind as tuples."""
    return [
        tuple(record) if isinstance(record, tuple) else tuple(map(record.__getattribute__, record.__slots__))
        for record in records
    ]


def is_same(one: Any, other: Any) -> bool:
    """Equal, but for the rounding of times."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= WHOLE
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(is_same, one, other))
    return bool(one == other)


def waits_that_ended(ledger: Ledger) -> list[tuple[Identity, float, float]]:
    """Pauses with an attempt behind them: of one that is cut short the SDK tells nobody, nor why it waits at all."""
    sent = {attempt.who for attempt in ledger.attempts}
    found = ((wait.after, wait.at, wait.seconds) for wait in ledger.waits)
    return sorted(wait for wait in found if wait[0]._replace(attempt=wait[0].attempt + 1) in sent)


def first_difference(sim: Ledger, virtual: Ledger) -> object:
    """The first record of the one that is not in the other at the same place; None if there is none."""
    pairs = {
        "calls": (rows(sim.calls), rows(virtual.calls)),
        "attempts": (rows(sim.attempts), rows(virtual.attempts)),
        "waits": (waits_that_ended(sim), waits_that_ended(virtual)),
        "breaker": (rows(sim.breaker), rows(virtual.breaker)),
        "journal": (rows(sim.journal), rows(virtual.journal)),
        "faults": (list(sim.faults.items()), list(virtual.faults.items())),
    }
    for name, (ours, theirs) in pairs.items():
        if len(ours) != len(theirs):
            return name, len(ours), len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            if not is_same(one, other):
                return name, one, other
    return None


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
