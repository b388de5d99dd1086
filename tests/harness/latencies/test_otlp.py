"""Traces of OpenTelemetry as a log of calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.latencies.calls import Logged
from brownout.harness.latencies.log import LogError, read
from brownout.harness.latencies.model import model
from brownout.harness.latencies.survival import Seen

from .test_log import FIRST, GAP, check, frame

BEGAN = 1_760_000_000_000_000_000


def valued(value: Any) -> dict[str, Any]:
    """As OTLP/JSON has it: whole numbers as text."""
    kinds: dict[type, tuple[str, Any]] = {
        str: ("stringValue", str),
        int: ("intValue", str),
        float: ("doubleValue", float),
    }
    kind, written = kinds[type(value)]
    return {kind: written(value)}


def pairs(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": valued(value)} for name, value in attributes.items()]


def span(seconds: float = 2.0, named: str = "a", **more: Any) -> dict[str, Any]:
    """Of one chat, as an instrumented SDK has it."""
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", **more.pop("attributes", {})}
    return {
        "traceId": "1" * 32,
        "spanId": named,
        "parentSpanId": "",
        "name": "chat claude",
        "kind": 3,
        "startTimeUnixNano": str(BEGAN),
        "endTimeUnixNano": str(BEGAN + round(seconds * 1e9)),
        "attributes": pairs({name: value for name, value in attributes.items() if value is not None}),
        "status": {},
        **more,
    }


def document(*spans: Any) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "sdk"}, "spans": list(spans)}]}]}


def logged(tmp_path: Path, *spans: Any) -> list[Logged]:
    path = tmp_path / "traces.json"
    path.write_text(json.dumps(document(*spans)), encoding="utf-8")
    return read(path).calls


def of_frame() -> list[dict[str, Any]]:
    """The calls of the tables' tests."""
    found = []
    for number, row in enumerate(frame().to_dict("records")):
        is_whole = row["outcome"] == "ok"
        attributes = {
            "gen_ai.usage.output_tokens": row["output_tokens"],
            "gen_ai.response.time_to_first_chunk": row["ttft_ms"] / 1000.0,
        }
        more: dict[str, Any] = {"attributes": attributes if is_whole else {"error.type": "APITimeoutError"}}
        if not is_whole:
            more["status"] = {"code": 2}
        found.append(span(row["latency_s"], str(number), **more))
    return found


@pytest.mark.parametrize("name", ["traces.json", "traces.jsonl", "lines.json"])
def test_traces_say_the_same_as_tables(name: str, tmp_path: Path) -> None:
    """As one document, and as one a line, whatever the file is called."""
    spans, path = of_frame(), tmp_path / name
    parts = [spans] if name == "traces.json" else [spans[i : i + 50] for i in range(0, len(spans), 50)]
    path.write_text("\n".join(json.dumps(document(*part)) for part in parts) + "\n", encoding="utf-8")
    found = model(read(path))
    assert (found.calls, found.left_out) == (600, 0)
    assert found.first_token is not None
    assert found.token_gap is not None
    assert found.first_token.median.mean == pytest.approx(FIRST, rel=0.1)
    assert found.token_gap.median.mean == pytest.approx(GAP, rel=0.1)


def test_what_is_read_of_a_span(tmp_path: Path) -> None:
    """Figures as text or numbers, the names of today and of before."""
    now = {
        "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.output_tokens": 70,
        "gen_ai.request.max_tokens": 1024,
        "gen_ai.response.time_to_first_chunk": 0.5,
    }
    before = {
        "gen_ai.operation.name": None,
        "gen_ai.provider.name": None,
        "gen_ai.system": "anthropic",
        "gen_ai.usage.completion_tokens": 70,
        "gen_ai.server.time_to_first_token": 0.5,
    }
    as_numbers = {"startTimeUnixNano": BEGAN, "endTimeUnixNano": BEGAN + 2_000_000_000}
    first, second = logged(tmp_path, span(attributes=now), span(named="b", attributes=before, **as_numbers))
    assert first == Logged(Seen(2.0), 0.5, 9, 70, 1024)
    assert second == Logged(Seen(2.0), 0.5, None, 70, None)


@pytest.mark.parametrize(
    ("event", "first"),
    [
        ("llm.content.completion.chunk", 0.7),
        ("ai.stream.firstChunk", 0.7),
        ("first_token", 0.7),
        ("gen_ai.content.completion", None),
    ],
)
def test_the_first_token_may_be_an_event(event: str, first: float | None, tmp_path: Path) -> None:
    """The first of many; the whole answer's event, which comes in the end, is none."""
    events = [{"name": event, "timeUnixNano": str(BEGAN + at)} for at in (1_900_000_000, 700_000_000)]
    [call] = logged(tmp_path, span(events=events))
    assert call.first_token == first


def test_a_first_token_after_the_end_is_in_some_other_unit(tmp_path: Path) -> None:
    [call] = logged(tmp_path, span(attributes={"gen_ai.server.time_to_first_token": 500}))
    assert call.first_token is None


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"status": {"code": 1}}, "whole"),
        ({"status": {"code": "STATUS_CODE_OK"}}, "whole"),
        ({"status": {"code": 2}}, "failed"),
        ({"status": {"code": "STATUS_CODE_ERROR"}, "attributes": {"error.type": "httpx.ReadTimeout"}}, "given up"),
        ({"attributes": {"error.type": "timeout"}}, "given up"),
        ({"attributes": {"error.type": "asyncio.exceptions.CancelledError"}}, "given up"),
        ({"attributes": {"error.type": "overloaded_error"}}, "failed"),
        ({"attributes": {"error.type": "529"}}, "failed"),
        (
            {
                "status": {"code": 2},
                "events": [{"name": "exception", "attributes": pairs({"exception.type": "anthropic.APITimeoutError"})}],
            },
            "given up",
        ),
    ],
)
def test_errors_are_failures_or_patience_that_ended(more: dict[str, Any], outcome: str, tmp_path: Path) -> None:
    found = logged(tmp_path, span(named="sound"), span(**more))[1:]
    assert [call.latency.is_whole for call in found] == {"whole": [True], "given up": [False], "failed": []}[outcome]


def test_only_requests_for_answers_count_and_each_once(tmp_path: Path) -> None:
    """Not the agent around them, not its tools, and of one library's span around another's the inner one."""
    agent = span(9.0, "agent", attributes={"gen_ai.operation.name": "invoke_agent"})
    tool = span(5.0, "tool", attributes={"gen_ai.operation.name": "execute_tool"}, parentSpanId="agent")
    outer, inner = span(3.0, "outer", parentSpanId="agent"), span(2.0, "inner", parentSpanId="outer")
    other = {"traceId": "1" * 32, "spanId": "x", "name": "GET /", "attributes": []}
    assert [call.latency.seconds for call in logged(tmp_path, agent, tool, outer, inner, other)] == [2.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("{", "is no JSON: "),
        ("NaN", "is no JSON: "),
        ("[" * 100_000, "is no JSON: "),
        ("[1]", 'document: expected a document of OpenTelemetry, with "resourceSpans"'),
        ('{"resourceSpans": 1}', 'document: expected "resourceSpans" to be a list of objects'),
        ('{"resourceSpans": [1]}', 'document: expected "resourceSpans" to be a list of objects'),
        ('{"resourceSpans": []}', "there is no call in it: no span has gen_ai.operation.name or gen_ai.provider.name"),
        ('{"resourceSpans": []}\n{', "line 2: is no JSON: "),
        (json.dumps(document(span(-1.0))), "span 1: expected an end after its start"),
        (json.dumps(document(span(endTimeUnixNano="soon"))), 'expected nanoseconds as endTimeUnixNano, got "soon"'),
        (json.dumps(document(span(endTimeUnixNano="9" * 5000))), "expected nanoseconds as endTimeUnixNano"),
        (json.dumps(document(span(endTimeUnixNano=None))), "expected nanoseconds as endTimeUnixNano"),
        (
            json.dumps(document(span(attributes={"gen_ai.usage.output_tokens": "many"}))),
            'span 1: gen_ai.usage.output_tokens: expected a number from 0, got "many"',
        ),
        (
            json.dumps(document(span(attributes={"gen_ai.usage.output_tokens": "NaN"}))),
            'span 1: gen_ai.usage.output_tokens: expected a number from 0, got "NaN"',
        ),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_trace_is_told_in_a_line(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "traces.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError) as raised:
        read(path)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A span with one or two of its values, at any depth, replaced by anything."""
    whole = document(
        span(attributes={"gen_ai.usage.output_tokens": 7, "error.type": "timeout"}, events=[{"name": "x"}])
    )
    for _ in range(data.draw(st.integers(1, 2))):
        at: Any = whole
        while True:
            key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            if not (isinstance(at[key], dict | list) and at[key]) or data.draw(st.integers(0, 4)) == 0:
                break
            at = at[key]
        at[key] = data.draw(ANYTHING)
    path = tmp_path_factory.mktemp("logs") / "traces.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    check(path)
