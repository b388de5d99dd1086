"""Programs that meet faults of TLS: on the wire it is spoken in earnest, and they trust the service without being told.

In virtual time it is spoken without cryptography.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from brownout.harness.cells import Job
from brownout.harness.files import loads
from brownout.harness.program import program
from brownout.harness.results import Backend
from brownout.harness.scenario import Scenario

CODE = """
import anthropic

def ask(prompt):
    return anthropic.Anthropic(max_retries=0, timeout=0.5).messages.create(
        model="m", max_tokens=9, messages=[{"role": "user", "content": prompt}])
"""
SCENARIO = """
name: a-second
workload: {{clients: 2, limit: 2, arrivals: {{kind: steady, rate: 8/s}}, calls: {{deadline: 5s, output_tokens: 9}}}}
server: {{latency: {{first_token: 20ms, token_gap: 2ms, round_trip: 4ms}}}}
timeline: [{{for: 1s, faults: [{{kind: {fault}}}]}}]
"""
FAULTS = {
    # the fault: what becomes of each call
    "tls_reset, where: {calls: [1]}": None,
    "tls_reset": "connection",
    "bad_certificate": "connection",
    "tls_stall": "timeout",
}


@pytest.mark.parametrize("backend", ["virtual", "wire"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_program_meets_them(fault: str, backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call opens a connection of its own, and each fault is counted as often as it is met."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "speaks.py").write_text(CODE)
    scenario = loads(SCENARIO.format(fault=fault), Scenario)
    ledger = Job(scenario, program("speaks.py:ask"), 1, backend, 1.0).play()
    outcomes = Counter(call.outcome for call in ledger.calls)
    hit = FAULTS[fault]
    assert outcomes == ({"ok": 2, "connection": 2} if hit is None else {hit: 4})
    assert list(ledger.faults.values()) == [(2, 2) if hit is None else (4, 4)]
