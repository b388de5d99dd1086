"""What goes wrong before the application has seen anything is tried again unseen; afterwards it is told."""

from __future__ import annotations

from typing import Any

import anthropic
import httpx2
import pytest

import brownout
from brownout import errors, faults
from brownout.fakes.faults import Fault
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord, WaitRecord
from brownout.harness.testing.service import Service

from .callers import NO_RETRIES, RETRY, Async, Caller, layers

AFTER_TEXT = "retry: {retries: 3, backoff: {base: 1ms}, on: [stream_before_text, stream_after_text]}"

BEFORE_TEXT: dict[str, Fault] = {
    "overload": faults.overload(),
    "reset": faults.reset(),
    "close": faults.close(),
    "reset after the headers": faults.reset(at="after_headers"),
    "truncated at once": faults.truncate(at="after_headers"),
    "error in the stream": faults.stream_error(at="after_headers"),
}


def told(caller: Caller) -> list[str]:
    return [attempt.outcome for attempt in caller.of(AttemptRecord)]


@pytest.mark.parametrize("name", ["overload", "reset", "close"])
def test_a_plain_call_is_tried_again(caller: Caller, service: Service, name: str) -> None:
    caller.resilient(layers(RETRY, NO_RETRIES))
    service.next(BEFORE_TEXT[name], times=2)
    assert caller.create().stop_reason == "end_turn"
    assert len(service.requests) == 3
    assert told(caller)[2:] == ["ok"]
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.attempts) == ("ok", 3)
    assert [wait.why for wait in caller.of(WaitRecord)] == ["backoff"] * 2


@pytest.mark.parametrize("read", ["text", "raw", "events", "final"])
@pytest.mark.parametrize("name", BEFORE_TEXT)
def test_a_stream_is_tried_again_before_its_content(caller: Caller, service: Service, name: str, read: str) -> None:
    """The application sees one message, with one beginning."""
    caller.resilient(layers(RETRY, NO_RETRIES))
    expected = getattr(caller, read)(caller.bare)
    service.next(BEFORE_TEXT[name], times=2)
    got = getattr(caller, read)()
    assert len(service.requests) == 4
    if read == "final":
        assert got.content == expected.content
    elif read == "text":
        assert got == expected
    else:
        assert [event.type for event in got] == [event.type for event in expected]
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.attempts, call.tokens) == ("ok", 3, 12)


AFTER: dict[str, tuple[Fault, type[BaseException], str]] = {
    "reset": (faults.reset(at={"tokens": 3}), httpx2.ReadError, "stream_broken"),
    "close": (faults.close(at={"tokens": 3}), httpx2.RemoteProtocolError, "stream_broken"),
    "error": (faults.stream_error(), anthropic.APIStatusError, "stream_error"),
    "truncate": (faults.truncate(), errors.StreamTruncated, "truncated"),
    "encoding": (faults.bad_encoding(), UnicodeDecodeError, "malformed"),
}


@pytest.mark.parametrize("name", AFTER)
def test_a_break_behind_content_is_raised_with_what_came(caller: Caller, service: Service, name: str) -> None:
    """Text that was handed on would come again, so that no layer may try. The SDK's exceptions are raised as they
    were."""
    fault, kind, outcome = AFTER[name]
    caller.resilient(layers(AFTER_TEXT, NO_RETRIES))
    service.next(fault)
    pieces: list[str] = []
    with pytest.raises(kind) as raised:
        caller.text(into=pieces)
    assert type(raised.value) is kind
    assert len(pieces) >= 3
    assert raised.value.partial == "".join(pieces)  # type: ignore[attr-defined]
    assert len(service.requests) == 1
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.attempts, call.tokens) == (outcome, 1, len(pieces))


@pytest.mark.parametrize("name", [name for name in AFTER if name != "encoding"])
def test_a_message_that_is_wanted_whole_is_tried_again(caller: Caller, service: Service, name: str) -> None:
    """Who only asks for the end has seen nothing."""
    caller.resilient(layers(AFTER_TEXT, NO_RETRIES))
    whole = caller.final(caller.bare)
    service.next(AFTER[name][0], times=2)
    assert caller.final().content == whole.content
    assert len(service.requests) == 4


def test_after_the_last_try_what_came_is_there(caller: Caller, service: Service) -> None:
    caller.resilient(layers(NO_RETRIES))
    service.always(faults.truncate())
    with pytest.raises(brownout.StreamTruncated) as raised:
        caller.final()
    assert raised.value.partial
    assert str(raised.value) == "the stream ended before its message_stop"


def test_a_breaker_learns_of_a_break_that_cannot_be_tried_again(caller: Caller, service: Service) -> None:
    caller.resilient(layers("breaker: {failures: 1, open_for: 1h}", AFTER_TEXT, NO_RETRIES))
    service.next(faults.reset(at={"tokens": 3}))
    with pytest.raises(httpx2.ReadError):
        caller.text()
    with pytest.raises(errors.BreakerOpen):
        caller.create()


def test_the_sdks_own_retries_run_beneath(caller: Caller, service: Service, quick_backoff: None) -> None:
    """Each of its requests is recorded, and its waits."""
    caller.resilient(layers("sdk: {max_retries: 2}"))
    service.next(faults.overload(), times=2)
    caller.create()
    assert told(caller) == ["status", "status", "ok"]
    assert [wait.why for wait in caller.of(WaitRecord)] == ["sdk", "sdk"]
    [call] = caller.of(FinishedCall)
    assert call.attempts == 3


def test_what_the_sdk_raises_is_raised_as_it_was(caller: Caller, service: Service) -> None:
    caller.resilient(layers(NO_RETRIES))
    for fault, kind in (
        (faults.overload(), anthropic.APIStatusError),
        (faults.rate_limit(), anthropic.RateLimitError),
        (faults.reset(), anthropic.APIConnectionError),
    ):
        service.next(fault, times=2)
        seen: list[Any] = []
        for client in (caller.bare, caller.client):
            with pytest.raises(kind) as raised:
                caller.create(client)
            seen.append((type(raised.value), str(raised.value).partition("req")[0]))
        assert seen[0] == seen[1]


def test_a_page_does_not_pass_for_a_message(caller: Caller, service: Service) -> None:
    """The bare SDK returns its text."""
    caller.resilient(layers(NO_RETRIES))
    service.next(faults.html_page(), times=2)
    assert isinstance(caller.create(caller.bare), str)
    with pytest.raises(errors.MalformedAnswer):
        caller.create()


def test_a_stream_that_had_said_all_is_a_success(caller: Caller) -> None:
    """Although whoever read it has left before its end, as one may who has seen `message_stop`."""
    caller.resilient("budgeted")
    everything = len(caller.events())
    for events in (everything, everything - 3, 1):
        caller.left_early(events)
    assert [call.outcome for call in caller.of(FinishedCall)] == ["ok", "ok", "cancelled", "cancelled"]
    assert told(caller) == ["ok", "ok", "cancelled", "cancelled"]


def test_a_defect_of_a_hook_of_the_sdk_is_no_failure_of_the_service(service: Service) -> None:
    """It is raised, is not tried again, and opens no breaker."""
    caller = Async(service.url)

    async def broken(request: Any) -> None:
        raise ZeroDivisionError

    http_client = anthropic.DefaultAsyncHttpxClient(event_hooks={"request": [broken]})
    caller.bare = anthropic.AsyncAnthropic(api_key="none", base_url=service.url, http_client=http_client)
    caller.resilient(layers("breaker: {failures: 1}", NO_RETRIES))
    with pytest.raises(anthropic.APIConnectionError):
        caller.create()
    caller.close()
