"""Faults below HTTP that hit everybody: the simulator does what the real SDK does on real sockets, by TLS if need be.

Whom a share of them hits is drawn elsewhere on the wire, where nobody is known before he has sent a request.
"""

from __future__ import annotations

import pytest

from brownout.fakes.faults import FAULTS
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.wire.run import run as play
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.stories import stories

from .test_scripted import RUNS, SCALE, SEED

SCENARIO = """
name: outage
workload:
  clients: 4
  limit: 1
  arrivals: {{kind: steady, rate: 4/s}}
  calls: {{deadline: 20s, stream: 50%, input_tokens: {tokens}, output_tokens: 10}}
server: {{latency: {{round_trip: 20ms, first_token: 100ms, token_gap: 20ms}}}}
timeline: [{{for: 10s, faults: [{fault}]}}]
"""
CLIENT = """
name: sdk
timeouts: {connect: 900ms, read: 1s, write: 1s, pool: 1s}
layers: [sdk: {max_retries: 2}]
"""
SMALL, LARGE = 50, 100_000
OUTAGES = {
    # the fault: tokens of a prompt, the outcome and the phase of every attempt
    "{kind: reset_on_accept}": (SMALL, "connection", "read"),
    "{kind: tls_stall}": (SMALL, "timeout", "connect"),
    "{kind: tls_reset}": (SMALL, "connection", "connect"),
    "{kind: bad_certificate, why: expired}": (SMALL, "connection", "connect"),
    "{kind: bad_certificate, why: self_signed}": (SMALL, "connection", "connect"),
    "{kind: bad_certificate, why: wrong_host}": (SMALL, "connection", "connect"),
    "{kind: upload_stall, share: 99.999%}": (SMALL, "timeout", "read"),
    "{kind: upload_stall}": (LARGE, "timeout", "write"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", OUTAGES)
def test_same_story_on_wire_and_sim(fault: str) -> None:
    """Every attempt ends in the same way on both, and the fault is counted as often. A machine that is busy elsewhere
    may be late in one run; a product that is wrong is wrong in all of them."""
    tokens, outcome, phase = OUTAGES[fault]
    scenario, client = loads(SCENARIO.format(fault=fault, tokens=tokens), Scenario), loads(CLIENT, Client)
    sim = simulate(scenario, client, SEED)
    assert {(attempt.outcome, attempt.phase) for attempt in sim.attempts} == {(outcome, phase)}
    assert len(sim.attempts) == 12
    expected = stories(sim), sim.faults
    for _ in range(RUNS):
        wire = play(scenario, client, SEED, SCALE)
        if (stories(wire), wire.faults) == expected:
            return
    assert (stories(wire), wire.faults) == expected


def test_what_the_wire_can_play_is_there() -> None:
    """Every fault that acts below HTTP, but for those of the port, which others look after."""
    below = {
        kind for kind, fault in FAULTS.items() if fault.on_upload or fault.opening not in (None, "refused", "lost")
    }
    named = {fault.partition("kind: ")[2].split(",")[0].rstrip("}") for fault in OUTAGES}
    assert below - named == {"dns"}
