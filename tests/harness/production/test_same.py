"""On an ordinary day a resilient client is the bare one: types, texts, attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic.types import Message

import brownout
import brownout.harness.records
from brownout import faults
from brownout.harness.testing.service import Service

from .callers import ASK, PLAIN, Async, Blocking, Caller

CONFIGS = ["budgeted", "guide-stacked", "sdk-defaults"]


def shape(value: Any) -> Any:
    """All of it but what differs from answer to answer."""
    return type(value), {name: each for name, each in value.model_dump().items() if name not in ("id", "message")}


@pytest.mark.parametrize("config", CONFIGS)
def test_a_message_is_the_same(caller: Caller, config: str) -> None:
    caller.resilient(config)
    assert shape(caller.create()) == shape(caller.create(caller.bare))
    assert shape(caller.final()) == shape(caller.final(caller.bare))


@pytest.mark.parametrize("config", CONFIGS)
def test_a_stream_has_the_same_events_and_texts(caller: Caller, config: str) -> None:
    caller.resilient(config)
    assert caller.text() == caller.text(caller.bare) != ""
    for read in (caller.events, caller.raw):
        assert [*map(shape, read())] == [*map(shape, read(caller.bare))]


def test_streams_are_the_sdks(service: Service) -> None:
    blocking = Blocking(service.url)
    client = blocking.resilient("budgeted")
    with client.messages.stream(**ASK) as stream:
        assert type(stream) is anthropic.MessageStream
        with pytest.raises(AssertionError):
            _ = stream.current_message_snapshot
        next(stream)
        assert stream.current_message_snapshot.role == "assistant"
        assert stream.get_final_text().strip() == client.messages.create(**ASK).content[0].text
        assert stream.request_id == stream.response.headers["request-id"]
        stream.close()
    with client.messages.create(stream=True, **ASK) as stream:
        assert isinstance(stream, anthropic.Stream)
        assert next(stream).type == "message_start"
        assert stream.response.status_code == 200
    assert isinstance(client.messages.stream(**ASK), anthropic.MessageStreamManager)
    blocking.close()


def test_a_manager_can_be_entered_again(service: Service) -> None:
    """Each time it is another call, as the SDK has it."""
    blocking = Blocking(service.url)
    manager = blocking.resilient("budgeted").messages.stream(**ASK)
    for _ in range(2):
        with manager as stream:
            assert stream.get_final_text()
    assert len(service.requests) == 2
    blocking.close()


def test_all_else_is_the_clients_own(caller: Caller) -> None:
    client = caller.resilient("budgeted")
    bare = caller.bare
    assert isinstance(client, type(bare))
    assert client.models is bare.models
    assert client.base_url == bare.base_url
    assert client.messages.batches is bare.messages.batches
    assert client.messages.count_tokens == bare.messages.count_tokens
    assert "with_raw_response" in dir(client)
    assert bare.max_retries == 0
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = client.no_such_thing


def test_the_clients_own_calls_stay_as_they_are(caller: Caller, service: Service) -> None:
    """The bare one has none of the layers, although both share their connections."""
    caller.resilient("budgeted")
    service.next(faults.overload())
    with pytest.raises(anthropic.APIStatusError):
        caller.create(caller.bare)
    assert caller.records == []
    assert isinstance(caller.create(), Message)


def test_what_is_wrong_with_a_request_is_said_by_the_sdk(caller: Caller, service: Service) -> None:
    caller.resilient("budgeted")
    with pytest.raises(TypeError, match="nonsense"):
        caller.create(nonsense=1)
    assert service.requests == []


def test_messages_that_can_be_read_once_are_sent_again(caller: Caller, service: Service) -> None:
    from .callers import NO_RETRIES, RETRY, layers

    def once() -> Iterator[Any]:
        yield from ASK["messages"]

    caller.resilient(layers(RETRY, NO_RETRIES))
    service.next(faults.overload())
    caller.create(messages=once())
    assert len({request.input_tokens for request in service.requests}) == 1


def test_options_and_profiles_share_the_state(service: Service) -> None:
    """A breaker that one of them has opened is open for all."""
    from .callers import NO_RETRIES, layers

    blocking = Blocking(service.url)
    client = blocking.resilient(layers("breaker: {failures: 1, open_for: 1h}", NO_RETRIES))
    service.next(faults.overload())
    with pytest.raises(anthropic.APIStatusError):
        client.with_options(timeout=5).messages.create(**ASK)
    for other in (client, client.for_profile("background"), client.with_options(max_retries=3)):
        assert isinstance(other, anthropic.Anthropic)
        with pytest.raises(brownout.errors.BreakerOpen):
            other.messages.create(**ASK)
    assert len(service.requests) == 1
    with pytest.raises(ValueError, match="realtime"):
        client.for_profile("sometimes")
    blocking.close()


def test_whose_timeouts_and_retries_count(caller: Caller, service: Service) -> None:
    """The file's, unless the application sets others, for a client or for one request."""
    from .callers import layers

    service.always(faults.no_answer())
    client = caller.resilient(layers("sdk: {max_retries: 1}", timeouts="read: 200ms"))

    def requests(client: Any, **given: Any) -> int:
        before = len(service.requests)
        with pytest.raises(anthropic.APITimeoutError):
            caller.create(client, **given)
        return len(service.requests) - before

    assert requests(client) == 2
    assert requests(client.with_options(max_retries=0)) == 1
    patient = client.with_options(timeout=600, max_retries=0)
    assert requests(patient, timeout=0.2) == 1
    read_timeouts = [attempt.outcome for attempt in caller.of(brownout.harness.records.AttemptRecord)]  # type: ignore[attr-defined]
    assert read_timeouts == ["timeout"] * 4


def test_what_cannot_be_made_resilient() -> None:
    with pytest.raises(TypeError, match="got object"):
        brownout.resilient(object(), PLAIN)  # type: ignore[call-overload]
    with anthropic.Anthropic(api_key="none") as client:
        once = brownout.resilient(client, PLAIN)
        with pytest.raises(TypeError, match="already"):
            brownout.resilient(once, PLAIN)


def test_several_loops_one_after_the_other(service: Service) -> None:
    """The state outlives a loop; connections are the SDK's affair."""
    import asyncio

    async def call() -> Any:
        async with anthropic.AsyncAnthropic(api_key="none", base_url=service.url) as bare:
            return await brownout.resilient(bare, "budgeted").messages.create(**ASK)

    assert asyncio.run(call()).content == asyncio.run(call()).content
    caller = Async(service.url)
    caller.resilient("budgeted")
    caller.create()
    caller.close()
