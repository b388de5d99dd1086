"""What a process says of its call: an exit code, and a line of JSON if it likes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.drivers.command.process import outcome_of
from brownout.harness.policies.outcome import Outcome

SAYS: dict[str, tuple[int, bytes, Outcome]] = {
    "nothing": (0, b"", Outcome("ok")),
    "nothing of use": (0, b"all is well\n", Outcome("ok")),
    "that all is well": (0, b'starting\n{"ok": true, "tokens": 12}\n\n', Outcome("ok", tokens=12)),
    "another number": (0, b'{"tokens": -1}', Outcome("ok")),
    "a wrong number": (0, b'{"tokens": true}', Outcome("ok")),
    "that it is not": (0, b'{"ok": false, "error": "RateLimitError"}', Outcome("raised", raised="RateLimitError")),
    "no reason": (0, b'{"ok": false}', Outcome("raised", raised="exit code 0")),
    "a code": (3, b"", Outcome("raised", raised="exit code 3")),
    "a code and a reason": (1, b'{"error": "Timeout"}', Outcome("raised", raised="Timeout")),
    "a code against its words": (1, b'{"ok": true}', Outcome("raised", raised="exit code 1")),
    "a signal": (-9, b"", Outcome("raised", raised="exit code -9")),
    "a list": (0, b"[1]", Outcome("ok")),
    "too much": (1, json.dumps({"error": "x" * 1000}).encode(), Outcome("raised", raised="x" * 80)),
    "what a terminal obeys": (1, b'{"error": "\\u001b[31mred"}', Outcome("raised", raised=" [31mred")),
}


@pytest.mark.parametrize(("code", "said", "outcome"), SAYS.values(), ids=SAYS)
def test_what_is_made_of_it(code: int, said: bytes, outcome: Outcome) -> None:
    """The code decides against an answer, the line may."""
    assert outcome_of(code, said) == outcome


@given(st.integers(-64, 255), st.binary(max_size=300))
def test_any_output_is_some_outcome(code: int, said: bytes) -> None:
    """And never an error of ours."""
    outcome = outcome_of(code, said)
    assert outcome.kind in ("ok", "raised")
    assert outcome.kind == "raised" or code == 0
    assert outcome.raised.isprintable()
