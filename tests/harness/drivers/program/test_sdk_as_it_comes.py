"""The SDK as a program has the records of the SDK as the harness drives it: nothing is added, and nothing missed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from brownout.harness import sources
from brownout.harness.cells import Job
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.results import Backend
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario

PROGRAM = Path(__file__).with_name("sdk_as_it_comes.py")
KINDS = ("Asynchronous", "Blocking")
EVERYTHING = """
name: everything
workload:
  clients: 8
  arrivals: {kind: poisson, rate: 4/s}
  calls: {deadline: 40s, stream: 50%, output_tokens: {median: 10, p95: 20}}
server:
  latency: {first_token: 200ms, token_gap: 20ms, round_trip: 20ms}
  capacity: {slots: 12, queue: 20}
  limits: {requests: 600/min}
timeline:
  - for: 8s
    faults:
      - {kind: rate_limit, share: 20%, retry_after: 2s}
      - {kind: overload, share: 10%}
      - {kind: refuse, share: 20%}
      - {kind: reset, at: before_headers, share: 10%}
      - {kind: reset, at: {tokens: 3}, share: 20%}
      - {kind: stall, at: {tokens: 2}, for: 3s, share: 20%}
      - {kind: truncate, at: {tokens: 2}, share: 30%}
      - {kind: stream_error, at: {tokens: 2}, share: 30%}
  - {for: 3s, hits: [in_flight, idle], faults: [{kind: refuse}]}
  - {for: 3s, hits: [idle], faults: [{kind: blackhole}]}
  - {for: 20s}
"""
SCRIPTED = """
name: scripted
workload:
  clients: 3
  arrivals: {kind: steady, rate: 5/s}
  calls: {deadline: 10s, stream: 50%, output_tokens: {median: 4, p95: 8}}
server: {latency: {first_token: 20ms, token_gap: 2ms, round_trip: 2ms}}
timeline:
  - for: 2s
    faults:
      - {kind: overload, share: 30%, where: {attempts: [0]}}
      - {kind: truncate, at: {tokens: 1}, share: 40%}
"""
SHIPPED = ("rate-limit-storm", "connection-outage")
SCENARIOS = {
    "everything": loads(EVERYTHING, Scenario),
    "scripted": loads(SCRIPTED, Scenario),
    **{name: sampled(sources.scenario(name).value, 0.03) for name in SHIPPED},
}


@cache
def played(scenario: str, contestant: str, backend: Backend = "virtual") -> Ledger:
    """Under one seed."""
    return Job(SCENARIOS[scenario], sources.contestant(contestant).value, 1, backend, 1.0).play()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["everything", *(pytest.param(name, marks=pytest.mark.slow) for name in SHIPPED)])
def test_its_records_are_those_of_the_client_file(name: str, kind: str) -> None:
    """Every call, every request and every wait, to the last digit; and the fake has met the same."""
    ours, theirs = played(name, f"{PROGRAM}:{kind}"), played(name, "sdk-defaults")
    assert ours.calls == theirs.calls
    assert ours.attempts == theirs.attempts
    assert [wait[:3] for wait in ours.waits] == [wait[:3] for wait in theirs.waits]
    assert ours.faults == theirs.faults
    assert ours.journal == theirs.journal
    assert len({call.outcome for call in ours.calls}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_wire_the_same_comes_of_every_call(kind: str) -> None:
    """Whatever the time it takes there."""
    wire, virtual = (played("scripted", f"{PROGRAM}:{kind}", backend) for backend in ("wire", "virtual"))
    seen = [
        [(call[:2], call.outcome, call.exception, call.attempts) for call in each.calls] for each in (wire, virtual)
    ]
    assert seen[0] == seen[1]
    assert {outcome for _, outcome, _, _ in seen[0]} == {"ok", "truncated"}
    assert wire.faults == virtual.faults
