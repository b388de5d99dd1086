"""Layers in any order: refused where it makes no sense, with what would; everywhere else they work together."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.fakes.faults import FAULTS
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import FileError, loads
from brownout.harness.policies.layers import LAYERS
from brownout.harness.scenario import Scenario

REFUSED = {
    "attempt_timeout, retry": '"attempt_timeout" around what asks again limits all of it',
    "attempt_timeout, breaker, fallback": '"attempt_timeout" around what asks again limits all of it',
    "retry, deadline": 'a "deadline" that has passed is not tried again',
    "breaker, fallback": 'outside of "fallback" a breaker sees one model only',
    "retry, sdk": '"sdk" is the innermost layer',
}
PER_MODEL = {"breaker": {"per": "model"}}


def client(names: list[str]) -> Client:
    layers = [{name: LAYERS[name].example | PER_MODEL.get(name, {})} for name in names]
    return loads(json.dumps({"name": "mine", "layers": [*layers, {"sdk": {}}]}), Client)


@pytest.mark.parametrize("stack", REFUSED)
def test_an_order_that_makes_no_sense_is_refused_with_what_would(stack: str) -> None:
    with pytest.raises(FileError) as refused:
        client(stack.split(", "))
    assert REFUSED[stack] in str(refused.value)


SCENARIO = loads(
    json.dumps({
        "name": "everything",
        "workload": {
            "clients": 3,
            "arrivals": {"kind": "poisson", "rate": "3/s"},
            "calls": {"deadline": "20s", "stream": "50%", "output_tokens": 20},
        },
        "server": {"latency": {"first_token": "200ms", "token_gap": "10ms"}},
        "timeline": [{"for": "6s", "faults": [fault.example | {"share": "4%"} for fault in FAULTS.values()]}],
    }),
    Scenario,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.permutations(sorted(set(LAYERS) - {"sdk"})), st.integers(1, len(LAYERS) - 1))
def test_in_every_other_order_every_call_comes_to_an_end(names: list[str], length: int) -> None:
    """Or is censored with the run; nothing raises, and no call is told of twice."""
    try:
        config = client(names[:length])
    except FileError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert any(reason in refused for reason in REFUSED.values())
        return
    ledger = run(SCENARIO, config, seed=1)
    assert len({(call.client, call.call) for call in ledger.calls}) == len(ledger.calls) > 5
    assert any(call.outcome == "ok" for call in ledger.calls)
