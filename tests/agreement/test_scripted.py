"""One scripted scenario with every fault in it: the simulator does what the real SDK does on real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.fakes.faults import FAULTS
from brownout.harness import metrics
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.wire.run import run as play
from brownout.harness.files import load, loads
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario
from brownout.harness.stories import stories

SCENARIO = load(Path(__file__).with_name("scripted.yaml"), Scenario)
ODD = load(Path(__file__).with_name("odd.yaml"), Scenario)
BELOW = load(Path(__file__).with_name("below.yaml"), Scenario)
"""In virtual time alone: of those on the wire see `test_below_http.py`."""
SCALE = 4.0
SEED = 3
RUNS = 8

SDK = """
name: sdk
timeouts: {connect: 900ms, read: 3s, write: 3s, pool: 3s}
layers: [sdk: {max_retries: 2}]
"""
# No limit on connecting is longer than TCP waits before it sends a SYN again: that it does on its own clock.
STACK = """
name: stack
timeouts: {connect: 900ms, read: 4s, write: 4s, pool: 4s}
layers:
  - deadline: {total: 9s}
  - breaker: {failures: 3, open_for: 4s}
  - retry:
      retries: 3
      backoff: {base: 500ms, jitter: full}
      on: [timeout, connection, rate_limit, overloaded, stream_before_text]
  - content_gap: {limit: 2500ms}
  - sdk: {max_retries: 0}
"""


def waits(ledger: Ledger) -> dict[tuple[int, ...], float]:
    """Identity -> seconds between the end of an attempt and the next one of the same call."""
    ended = {attempt.who: attempt.finished for attempt in ledger.attempts}
    found = {}
    for attempt in ledger.attempts:
        before = ended.get(attempt.who._replace(attempt=attempt.who.attempt - 1))
        if before is not None:
            found[tuple(attempt.who)] = attempt.started - before
    return found


def texts(ledger: Ledger) -> dict[object, float]:
    """Identity and name -> seconds from an attempt's beginning to its first text, and its longest time without any."""
    found: dict[object, float] = {}
    for attempt in ledger.attempts:
        if attempt.first_text is not None:
            found[tuple(attempt.who), "first"] = attempt.first_text - attempt.started
            found[tuple(attempt.who), "gap"] = attempt.largest_gap
    return found


def floor(ledger: Ledger, twin: Ledger) -> float:
    """The control: by how much the calls that no fault touched took longer on the wire, at worst."""
    calm = {(c.client, c.call): c for c in twin.calls if c.call == 0}
    return max(metrics.latency(c) - metrics.latency(calm[c.client, c.call]) for c in ledger.calls if c.call == 0)


def differences(sim: Ledger, wire: Ledger) -> dict[object, object]:
    """Where the two tell different stories: of calls, of faults; of waits and times of texts, beyond 5% and a control's
    floor."""
    expected, seen = stories(sim), stories(wire)
    found: dict[object, object] = {
        who: (seen.get(who), story) for who, story in expected.items() if seen.get(who) != story
    }
    if wire.faults != sim.faults:
        found["faults"] = (wire.faults, sim.faults)
    slack = floor(wire, sim)
    planned, real = (dict[object, float]({**waits(ledger), **texts(ledger)}) for ledger in (sim, wire))
    if planned.keys() != real.keys():
        found["times"] = planned.keys() ^ real.keys()
    for who in planned.keys() & real.keys():
        if abs(real[who] - planned[who]) > 0.05 * planned[who] + slack:
            found[who] = (real[who], planned[who])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("text", [SDK, STACK], ids=["sdk", "stack"])
@pytest.mark.parametrize("scenario", [SCENARIO, ODD], ids=["scripted", "odd"])
def test_same_story_on_wire_and_sim(scenario: Scenario, text: str) -> None:
    """Same attempts, outcomes, connections, tokens and exceptions, call by call; times within 5% and a floor.

    A machine that is busy elsewhere is late here in one run and there in another; a product that is wrong is wrong in
    the same place in all of them.
    """
    client = loads(text, Client)
    sim = simulate(scenario, client, SEED)
    assert len(sim.calls) >= 60
    always = differences(sim, play(scenario, client, SEED, SCALE))
    for _ in range(RUNS - 1):
        if not always:
            break
        found = differences(sim, play(scenario, client, SEED, SCALE))
        always = {who: always[who] for who in always.keys() & found.keys()}
    assert always == {}


def test_script_has_every_fault_and_each_fires() -> None:
    """The scripted scenarios leave out no kind of fault, and each of theirs takes effect in the simulator."""
    kinds = {fault.kind for scenario in (SCENARIO, ODD, BELOW) for phase in scenario.timeline for fault in phase.faults}
    assert kinds == set(FAULTS)
    for scenario in (SCENARIO, ODD, BELOW):
        faults = simulate(scenario, loads(SDK, Client), SEED).faults
        assert {name for name, (planned, fired) in faults.items() if not fired} == set()
