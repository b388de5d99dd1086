"""A stream that breaks off after text is gone on with: the application sees one message, as if nothing had been."""

from __future__ import annotations

from typing import Any

import anthropic
import httpx2
import pytest

from brownout import faults
from brownout.fakes.faults import Fault
from brownout.fakes.reply import text_of
from brownout.harness.policies.resuming import GO_ON
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord
from brownout.harness.testing.service import Service

from .callers import ASK, NO_RETRIES, Caller, layers

RESUME = "resume: {times: 3}"
RETRY = "retry: {retries: 2, backoff: {base: 1ms}, on: [timeout, connection, overloaded, stream_before_text]}"
BREAKS: dict[str, Fault] = {
    "reset": faults.reset(at={"tokens": 3}),
    "close": faults.close(at={"tokens": 3}),
    "error": faults.stream_error(),
    "truncate": faults.truncate(),
    "half an event": faults.half_event(then="close"),
}
THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4000}
TOOL = {
    "tools": [{"name": "look", "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}}}],
    "tool_choice": {"type": "tool", "name": "look"},
}


@pytest.fixture
def asked(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each request that the SDK sends asks for."""
    seen: list[dict[str, Any]] = []
    for kind in (anthropic._base_client.SyncAPIClient, anthropic._base_client.AsyncAPIClient):
        made = kind._build_request

        def build(self: Any, options: Any, made: Any = made, **more: Any) -> Any:
            seen.append(options.json_data)
            return made(self, options, **more)

        monkeypatch.setattr(kind, "_build_request", build)
    return seen


@pytest.mark.parametrize("read", ["text", "raw", "events", "final"])
@pytest.mark.parametrize("name", BREAKS)
def test_the_application_sees_one_message(caller: Caller, service: Service, name: str, read: str) -> None:
    """With one beginning, one block and one end; twice broken, and nothing of it told twice or left out."""
    expected = getattr(caller, read)(caller.bare)
    caller.resilient(layers(RESUME, NO_RETRIES))
    service.next(BREAKS[name], times=2)
    got = getattr(caller, read)()
    if read == "final":
        assert got.content == expected.content
    elif read == "text":
        assert got == expected
    else:
        told = [event.type for event in got if event.type != "ping"]
        assert told == [event.type for event in expected if event.type != "ping"]
        assert {event.index for event in got if hasattr(event, "index")} == {0}
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.attempts, call.tokens) == ("ok", 3, 12)
    assert len(caller.of(AttemptRecord)) == 3


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-haiku-4-5", "claude-3-5-haiku-20241022", "mine"])
def test_it_is_asked_for_by_the_rule_of_the_model(
    caller: Caller, service: Service, model: str, asked: list[dict[str, Any]]
) -> None:
    """A later model refuses what an earlier one needs: the answer comes whole only by the right one."""
    caller.resilient(layers(RESUME, NO_RETRIES))
    service.next(BREAKS["reset"])
    assert caller.text(model=model).split() == text_of(12).split()
    first, second = asked
    more = second["messages"][len(first["messages"]) :]
    roles = ["assistant"] if model in ("claude-haiku-4-5", "claude-3-5-haiku-20241022") else ["assistant", "user"]
    assert [turn["role"] for turn in more] == roles
    assert more[0]["content"] == "The lamps went"
    assert more[-1]["content"] in (GO_ON, "The lamps went")
    assert second["max_tokens"] == first["max_tokens"] - 3


def test_a_rest_is_retried_as_often_as_a_whole(caller: Caller, service: Service) -> None:
    """By what lies inside, and before it has shown text of its own."""
    caller.resilient(layers(RESUME, RETRY, NO_RETRIES))
    for fault in (BREAKS["reset"], faults.overload(), faults.reset(at="after_headers"), BREAKS["close"]):
        service.next(fault)
    assert caller.text().split() == text_of(12).split()
    assert len(service.requests) == 5


def test_what_lies_outside_begins_nothing_anew(caller: Caller, service: Service) -> None:
    """Though the last rest had shown nothing."""
    retry = "retry: {retries: 3, backoff: {base: 1ms}, on: [overloaded, connection, stream_after_text]}"
    caller.resilient(layers(retry, RESUME, NO_RETRIES))
    service.next(BREAKS["reset"])
    service.next(faults.overload())
    pieces: list[str] = []
    with pytest.raises(anthropic.APIStatusError) as raised:
        caller.text(into=pieces)
    assert raised.value.partial == "".join(pieces) == "The lamps went "  # type: ignore[attr-defined]
    assert len(service.requests) == 2


def test_after_the_last_rest_the_break_is_raised_with_all_that_came(caller: Caller, service: Service) -> None:
    caller.resilient(layers("resume: {times: 1}", NO_RETRIES))
    service.always(BREAKS["reset"])
    pieces: list[str] = []
    with pytest.raises(httpx2.ReadError) as raised:
        caller.text(into=pieces)
    assert raised.value.partial == "".join(pieces)  # type: ignore[attr-defined]
    assert len(pieces) == 6
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.attempts, call.tokens) == ("stream_broken", 2, 6)


def test_the_rest_may_come_from_another_model(caller: Caller, service: Service, asked: list[dict[str, Any]]) -> None:
    caller.resilient(layers(RESUME, "fallback: {to: [{model: claude-haiku-4-5}], on: [overloaded]}", NO_RETRIES))
    service.next(BREAKS["reset"])
    service.next(faults.overload())
    assert caller.text().split() == text_of(12).split()
    assert [len(each["messages"]) for each in asked] == [1, 3, 2]


def test_a_rest_may_be_hedged(caller: Caller, service: Service) -> None:
    caller.resilient(layers("hedge: {after: 60s}", RESUME, NO_RETRIES))
    service.next(BREAKS["reset"])
    assert caller.text().split() == text_of(12).split()
    caller.resilient(layers(RESUME, "hedge: {after: 60s}", NO_RETRIES))
    service.next(BREAKS["reset"], times=2)
    assert caller.text().split() == text_of(12).split()
    assert len(service.requests) == 5


@pytest.mark.parametrize("read", ["text", "events"])
def test_nothing_is_sent_again_after_a_tools_call(caller: Caller, service: Service, read: str) -> None:
    """It may have been made already. The same request breaks off as it would without any layer."""
    caller.resilient(layers(RESUME, "retry: {on: [stream_before_text, stream_after_text]}", NO_RETRIES))
    service.next(faults.close(at="before_end"))
    with pytest.raises(httpx2.RemoteProtocolError):
        getattr(caller, read)(**TOOL)
    assert len(service.requests) == 1


def test_a_thought_is_not_gone_on_with(caller: Caller, service: Service) -> None:
    """The text behind one is."""
    caller.resilient(layers(RESUME, NO_RETRIES))
    service.next(faults.reset(at={"tokens": 2}))
    with pytest.raises(httpx2.ReadError):
        caller.events(**THINKING)
    service.next(faults.reset(at={"tokens": 9}))
    message = caller.final(**THINKING)
    assert message.content[0].type == "thinking"
    assert message.stop_reason == "end_turn"
    assert len(service.requests) == 3


def test_the_rest_of_a_document_is_asked_of_nobody(caller: Caller, service: Service) -> None:
    """What is to have a form would begin anew."""
    caller.resilient(layers(RESUME, NO_RETRIES))
    service.next(BREAKS["reset"])
    form = {"format": {"type": "json_schema", "schema": {"type": "object"}}}
    with pytest.raises(httpx2.ReadError):
        caller.text(output_config=form)
    assert len(service.requests) == 1


@pytest.mark.parametrize("read", ["text", "events", "final", "raw"])
def test_it_comes_at_once_where_it_would_not_stream(caller: Caller, service: Service, read: str) -> None:
    """As one message, for whoever reads a stream."""
    expected = caller.final(caller.bare)
    caller.resilient(layers("fallback: {to: [{stream: false}]}", NO_RETRIES))
    service.next(faults.reset(at="after_headers"))
    got = getattr(caller, read)()
    if read == "text":
        assert got.split() == text_of(12).split()
    elif read == "final":
        assert got.content[0].text.split() == expected.content[0].text.split()
        assert (got.stop_reason, got.usage.output_tokens) == ("end_turn", 12)
    else:
        assert [event.type for event in got][-1] == "message_stop"
    assert [each.stream for each in service.requests][-2:] == [True, False]


@pytest.mark.parametrize("more", [TOOL, THINKING, {"max_tokens": 5}], ids=["tool", "thinking", "cut off"])
def test_whatever_is_in_it(caller: Caller, service: Service, more: dict[str, Any]) -> None:
    """Blocks of every kind that the fake has, as the same call without streaming has them."""
    whole = caller.create(caller.bare, **more)
    caller.resilient(layers("fallback: {to: [{stream: false}]}", NO_RETRIES))
    service.next(faults.reset(at="after_headers"))
    got = caller.final(**more)
    assert [block.to_dict() for block in got.content] == [block.to_dict() for block in whole.content]
    assert got.stop_reason == whole.stop_reason


def test_nothing_comes_at_once_where_text_was_shown(caller: Caller, service: Service) -> None:
    """Who has seen nothing of it may have it so."""
    caller.resilient(layers("fallback: {to: [{stream: false}]}", NO_RETRIES))
    service.next(BREAKS["reset"], times=2)
    with pytest.raises(httpx2.ReadError):
        caller.text()
    assert len(service.requests) == 1
    assert caller.final().stop_reason == "end_turn"
    assert [each.stream for each in service.requests] == [True, True, False]
    assert ASK["max_tokens"] == 100
