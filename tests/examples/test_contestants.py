"""The contestants that are shipped, as their libraries treat what their readers should know about."""

from __future__ import annotations

from typing import Any

import pytest

from brownout import Results

from .contestants import compared

pytestmark = pytest.mark.slow

NAMES = {
    "tenacity": "tenacity_sdk",
    "stamina": "stamina_sdk",
    "langchain": "langchain_chat",
    "litellm": "litellm_chat",
    "pydantic-ai": "pydantic_ai_agent",
}
OBEDIENT = {"langchain", "pydantic-ai"}
"""Those that wait as long as `retry-after` says."""
CALM, QUOTA, CUT_OFF = "calm-minute", "quota", "cut-off"
SCENARIOS = {
    CALM: "[{for: 8s}]",
    QUOTA: "[{for: 20s, faults: [{kind: rate_limit, retry_after: 20s}]}, {for: 20s}]",
    CUT_OFF: "[{for: 8s, faults: [{kind: truncate, at: {tokens: 3}}]}]",
}
SCENARIO = """
name: {name}
workload:
  clients: 2
  arrivals: {{kind: steady, rate: 0.5/s}}
  calls: {{deadline: 60s, stream: {stream}, output_tokens: {{median: 20, p95: 40}}}}
server: {{latency: {{first_token: 500ms, token_gap: 20ms, round_trip: 20ms}}}}
timeline: {timeline}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All of them through all of these, in virtual time."""
    folder = tmp_path_factory.mktemp("contestants")
    paths = []
    for name, timeline in SCENARIOS.items():
        stream = "100%" if name == CUT_OFF else "50%"
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(SCENARIO.format(name=name, stream=stream, timeline=timeline), encoding="utf-8")
    return compared(paths, NAMES, folder / "out")


def calls(results: Results, scenario: str, name: str) -> Any:
    """Those of one contestant in one scenario, as a data frame."""
    every = results.calls()
    found = every[(every.scenario == scenario) & (every.client == name)]
    assert len(found)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_on_a_good_day_each_answers_every_call_with_one_request(results: Results, name: str) -> None:
    """Streams and plain answers."""
    found = calls(results, CALM, name)
    assert set(found.outcome) == {"ok"}
    assert set(found.attempts) == {1}
    assert set(found.stream) == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_who_minds_retry_after_comes_again_once(results: Results, name: str) -> None:
    """When the quota is back; who does not mind has tried more often by then, or given up."""
    assert (max(calls(results, QUOTA, name).attempts) == 2) == (name in OBEDIENT)


@pytest.mark.parametrize("name", NAMES)
def test_all_but_one_take_a_stream_that_was_cut_off_for_an_answer(results: Results, name: str) -> None:
    """As the SDK does, on which they stand; LiteLLM raises."""
    found = calls(results, CUT_OFF, name)
    assert set(found.outcome) == {"truncated"}
    assert set(found.exception) == ({"litellm.MidStreamFallbackError"} if name == "litellm" else {""})
