"""The simulator's model of the SDK for TypeScript, against what the real one was seen to make of every trouble."""

from __future__ import annotations

import pytest

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

from ..fakes.wire.serving import TOKENS, fault_of
from .typescript import LIMIT, TIMEOUT
from .typescript_faults import THROUGH_TYPESCRIPT, Row

SCENARIO = """
name: one-call
workload:
  clients: 1
  limit: 1
  arrivals: {kind: closed}
  calls: {stream: STREAM, input_tokens: 10, output_tokens: 8}
server: {latency: {round_trip: 4ms, first_token: 100ms, token_gap: 20ms}}
timeline:
  - {for: 1000s}
"""
CLIENT = loads(f"name: typescript\ntimeouts: {{read: {TIMEOUT:g}s}}\nlayers: [sdk: {{language: typescript}}]", Client)
BY_THE_PARSERS = {"SyntaxError", "TypeError"}
"""Which of them it is goes by the bytes; that it is one is what matters."""
ROWS = [row for row in THROUGH_TYPESCRIPT if row.how in ("create", "stream")]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_model_makes_of_it_what_the_sdk_does(row: Row) -> None:
    """So many requests, so many texts, and an error of that class; who hangs is still waiting at the limit."""
    text = SCENARIO.replace("STREAM", "100%" if row.how == "stream" else "0%")
    scenario = loads(text, Scenario)
    phase = scenario.timeline[0].model_copy(update={"faults": (fault_of(row.trouble),)})
    ledger = run(scenario.model_copy(update={"timeline": (phase,)}), CLIENT, seed=1)
    [call] = ledger.calls
    assert call.attempts == row.expected.requests
    if row.expected.raised == "hangs":
        assert call.finished is not None
        assert call.finished - call.started > LIMIT
        return
    if row.how == "stream" and row.expected.stop_reason is not None:
        assert abs(call.tokens - TOKENS) <= 1
    elif row.how == "stream":
        assert call.tokens == row.expected.tokens
    if row.expected.raised in BY_THE_PARSERS:
        assert call.exception in BY_THE_PARSERS
    elif row.expected.raised == "anthropic.EnforcedSpendLimitReachedError":  # told by the body, which is not modelled
        assert call.exception == "anthropic.RateLimitError"
    else:
        assert call.exception == row.expected.raised
