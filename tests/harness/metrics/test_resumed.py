"""Answers in pieces: what was kept is no waste, a silence between them is the stream's, what was shown adds up."""

from __future__ import annotations

import pytest

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import loads
from brownout.harness.metrics import Observed
from brownout.harness.metrics.registry import METRICS
from brownout.harness.scenario import Scenario

SCENARIO = """
name: one-call
workload:
  clients: 1
  limit: 1
  arrivals: {kind: closed}
  calls: {stream: 100%, input_tokens: 100, output_tokens: 100, deadline: 60s}
server: {latency: {round_trip: 0ms, first_token: 1s, token_gap: 100ms}}
timeline:
  - {for: TIME, faults: [FAULT]}
  - {for: 100s}
"""
RESET = "{kind: reset, at: {tokens: 30}}"
STALL = "{kind: stall, at: {tokens: 30}}"


def seen(layers: str, fault: str, faulty_for: str = "3s", read: str = "5s") -> Observed:
    """One call of 100 tokens: the first after a second, then ten a second. Of every request in the first three seconds
    thirty tokens come."""
    scenario = loads(SCENARIO.replace("TIME", faulty_for).replace("FAULT", fault), Scenario)
    client = loads(f"name: tried\ntimeouts: {{read: {read}}}\nlayers: [{layers}, sdk: {{max_retries: 0}}]", Client)
    return Observed(scenario, client, 1, run(scenario, client, 1))


def test_what_was_kept_is_no_waste() -> None:
    """The prompt of the first request is repeated by the second, and both are of use."""
    resumed, retried = (
        seen(layers, RESET) for layers in ("resume: {times: 1}", "retry: {retries: 1, on: [stream_after_text]}")
    )
    [call] = resumed.ledger.calls
    assert (call.outcome, call.attempts, call.tokens) == ("ok", 2, 100)
    assert [served.told for served in resumed.ledger.journal] == [0, 30]
    assert [served.output_tokens for served in resumed.ledger.journal] == [100, 70]
    assert METRICS["wasted_tokens"].of(resumed) == 0.0
    assert METRICS["wasted_tokens"].of(retried) > 0.0
    assert resumed.latencies[0] < retried.latencies[0]


def test_the_silence_between_two_pieces_counts() -> None:
    """From the last text before the break to the first behind it: five seconds until the stall was noticed, and one
    until the rest began."""
    observed = seen("resume: {times: 1}", STALL)
    [call] = observed.ledger.calls
    assert call.outcome == "ok"
    assert observed.largest_gap(call) == pytest.approx(6.1, abs=0.05)
    assert observed.ttft(call) == pytest.approx(1.1, abs=0.05)


def test_pieces_are_shown_together() -> None:
    """Of an answer that never comes to its end."""
    observed = seen("resume: {times: 2}", RESET, "30s")
    [call] = observed.ledger.calls
    assert (call.outcome, call.attempts, call.tokens) == ("stream_broken", 3, 90)
    assert observed.shown(call) == pytest.approx(0.9)
    assert METRICS["goodput_with_partial"].of(observed) == pytest.approx(0.9)


def test_the_first_text_of_what_comes_at_once_is_at_its_end() -> None:
    observed = seen("fallback: {to: [{stream: false}]}", "{kind: reset, at: after_headers}", "1s", read="60s")
    [call] = observed.ledger.calls
    assert (call.outcome, call.stream, call.attempts) == ("ok", True, 2)
    assert [served.stream for served in observed.ledger.journal] == [True, False]
    assert observed.ttft(call) == pytest.approx((call.finished or 0.0) - call.intended)
