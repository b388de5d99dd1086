"""Every layer in production: the object that the simulator steps, around the real SDK on real sockets."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest

from brownout import errors, faults
from brownout.harness.policies.layers import LAYERS
from brownout.harness.testing.service import Service

from .callers import ASK, NO_RETRIES, Caller, layers


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"sdk"}))
def test_a_layer_lets_through_what_is_well(name: str, caller: Caller, service: Service) -> None:
    """Plain calls, streams and events, one after another."""
    caller.resilient(layers(json.dumps({name: LAYERS[name].example}), NO_RETRIES))
    expected = caller.create(caller.bare).content
    assert caller.create().content == expected
    assert caller.text().strip() == expected[0].text.strip()
    assert [event.type for event in caller.raw()][-1] == "message_stop"


@pytest.mark.parametrize("what", ["create", "text"])
@pytest.mark.parametrize("limit", ["attempt_timeout: {total: 300ms}", "first_byte: {limit: 300ms}"])
def test_an_attempt_that_does_not_begin_ends_at_its_limit(
    what: str, limit: str, caller: Caller, service: Service
) -> None:
    caller.resilient(layers(limit, NO_RETRIES))
    service.always(faults.no_answer())
    with pytest.raises(errors.AttemptTimeout) as raised:
        getattr(caller, what)()
    assert isinstance(raised.value, anthropic.APITimeoutError)


def test_pings_are_no_first_token(caller: Caller, service: Service) -> None:
    """They come often enough for any read timeout."""
    caller.resilient(layers("first_token: {limit: 300ms}", NO_RETRIES))
    service.always(faults.stall(at={"tokens": 0}, pings="20ms"))
    with pytest.raises(errors.AttemptTimeout):
        caller.text()


def test_what_ran_out_of_time_is_tried_again(caller: Caller, service: Service) -> None:
    """Unseen, as nothing of it had been handed out."""
    retry = "retry: {retries: 1, backoff: {base: 1ms}, on: [stream_before_text, timeout]}"
    caller.resilient(layers(retry, "first_token: {limit: 300ms}", NO_RETRIES))
    service.next(faults.stall(at={"tokens": 0}, pings="20ms"))
    assert caller.text()
    assert len(service.requests) == 2


def test_of_many_callers_only_so_many_are_under_way(caller: Caller, service: Service) -> None:
    """The others get their turn when one of those has ended, in whatever thread that was."""
    caller.resilient(layers("concurrency: {limit: 3, queue: 50}", NO_RETRIES))
    service.answers(first_token="50ms")
    ended = caller.together(20)
    assert all(isinstance(each, anthropic.types.Message) for each in ended)
    spans = [(each.arrived, each.ended) for each in service.requests]
    assert len(spans) == 20
    assert max(sum(began <= at < end for began, end in spans) for at, _ in spans) <= 3


def test_who_finds_the_queue_full_is_refused(caller: Caller, service: Service) -> None:
    caller.resilient(layers("concurrency: {limit: 2, queue: 3}", NO_RETRIES))
    service.answers(first_token="500ms")
    ended = caller.together(20)
    refused = [each for each in ended if isinstance(each, errors.CallRejected)]
    assert len(refused) == 15
    assert len(service.requests) == 5


def test_a_rate_limiter_refuses_who_would_wait_too_long(caller: Caller, service: Service) -> None:
    by = "{kind: bucket, rate: 1/min, burst: 4}"
    caller.resilient(layers(f"rate_limiter: {{by: {by}, max_wait: 1s}}", NO_RETRIES))
    ended = caller.together(10)
    assert sum(isinstance(each, errors.CallRejected) for each in ended) == 6
    assert len(service.requests) == 4


@pytest.mark.parametrize("what", ["create", "text"])
def test_a_fallback_asks_another_model(what: str, caller: Caller, service: Service) -> None:
    """The fault is for the first alone."""
    caller.resilient(layers("fallback: {to: [{model: claude-haiku-4-5}]}", NO_RETRIES))
    service.always(faults.overload(where={"models": [ASK["model"]]}))
    assert getattr(caller, what)()
    assert [each.fault for each in service.requests] == ["scripted 1: overload", None]


def test_a_breaker_for_each_model(caller: Caller, service: Service) -> None:
    """The one that is open does not keep the other model's calls out."""
    caller.resilient(layers("breaker: {failures: 1, open_for: 100s, per: model}", NO_RETRIES))
    service.next(faults.overload())
    with pytest.raises(anthropic.APIStatusError):
        caller.create()
    with pytest.raises(errors.BreakerOpen):
        caller.create()
    assert caller.create(model="claude-haiku-4-5").content
    assert {breaker.key: breaker.name for breaker in caller.client.breakers} == {
        ASK["model"]: "open",
        "claude-haiku-4-5": "closed",
    }


def test_an_operator_overrules_a_breaker(caller: Caller, service: Service) -> None:
    """Shut while it is closed, and open while it is not; then it is its own again."""
    client: Any = caller.resilient(layers("breaker: {failures: 1, open_for: 100s}", NO_RETRIES))
    [breaker] = client.breakers
    breaker.override = "open"
    with pytest.raises(errors.BreakerOpen):
        caller.create()
    breaker.override = None
    service.next(faults.overload())
    with pytest.raises(anthropic.APIStatusError):
        caller.create()
    breaker.override = "closed"
    assert caller.create().content
    breaker.override = None
    with pytest.raises(errors.BreakerOpen):
        caller.create()


@pytest.mark.parametrize("what", ["create", "text"])
def test_a_call_of_a_chain_ends_with_its_time(what: str, caller: Caller, service: Service) -> None:
    """A trickle, which no read timeout would end; the clients share their state."""
    caller.resilient(layers("breaker: {failures: 1, open_for: 100s}", NO_RETRIES))
    service.always(faults.trickle(every="20ms"))
    with pytest.raises(errors.DeadlineExceeded):
        getattr(caller, what)(caller.client.with_deadline(0.3))
    with pytest.raises(errors.BreakerOpen):  # a limit around a breaker speaks against the service
        caller.create()


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_no_time_at_all_is_refused(seconds: float, caller: Caller, service: Service) -> None:
    caller.resilient(layers(NO_RETRIES))
    with pytest.raises(ValueError, match="more than 0 seconds"):
        caller.client.with_deadline(seconds)
