"""What cannot help is not tried again, whatever a retry's `on` names: on every backend."""

from __future__ import annotations

import pytest

from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

from . import backends

SCENARIO = """
name: refused
workload: {clients: 1, limit: 4, arrivals: {kind: steady, rate: 1/s}, calls: {deadline: 30s, stream: 50%}}
timeline: [{for: 4s, faults: [FAULT]}]
drain: 30s
"""
CLIENT = """
name: mine
layers:
  - retry: {retries: 2, backoff: {base: 100ms, jitter: none}, on: [rate_limit, overloaded]}
  - sdk: {max_retries: 0}
"""
REQUESTS = {
    "{kind: rate_limit}": 3,
    "{kind: rate_limit, should_retry: true}": 3,
    "{kind: rate_limit, should_retry: false}": 1,
    "{kind: rate_limit, why: acceleration}": 3,
    "{kind: rate_limit, why: spend_cap}": 1,
    "{kind: overload, should_retry: false}": 1,
}


@pytest.mark.parametrize("backend", backends.BACKENDS)
@pytest.mark.parametrize("fault", REQUESTS)
def test_so_many_requests_for_a_call(fault: str, backend: str) -> None:
    """A quota is there again some time; a cap on what is spent is not before the month is over."""
    ledger = backends.BACKENDS[backend](
        loads(SCENARIO.replace("FAULT", fault), Scenario), loads(CLIENT, Client), 1, 20.0
    )
    assert [call.attempts for call in ledger.calls] == [REQUESTS[fault]] * 4
