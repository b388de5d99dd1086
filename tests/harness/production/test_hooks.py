"""Whoever wants to know is told every record; nothing that a hook does is felt by a call."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import anthropic
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from brownout import errors, faults
from brownout.harness.production.logs import LoggingHook
from brownout.harness.production.otel import MetricsHook
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord, BreakerRecord, CallRecord, WaitRecord
from brownout.harness.testing.service import Service

from .callers import NO_RETRIES, Caller, layers

CONFIG = layers(
    "breaker: {failures: 2, open_for: 1h}",
    "retry: {retries: 1, backoff: {base: 1ms}, on: [overloaded]}",
    NO_RETRIES,
)


def test_a_hook_is_told_every_record_in_order(caller: Caller, service: Service) -> None:
    caller.resilient(CONFIG)
    service.next(faults.overload())
    caller.create()
    kinds = [type(record) for record in caller.records]
    assert kinds == [AttemptRecord, WaitRecord, AttemptRecord, FinishedCall]
    call = caller.records[-1]
    assert isinstance(call, CallRecord)
    assert (call.model, call.profile, call.usage) == ("claude-sonnet-5-5", "chat", (1, 12))
    assert call.started <= caller.records[0].started <= caller.records[2].finished <= call.finished
    with pytest.raises(AttributeError, match="frozen"):
        call.model = "another"
    assert caller.records[2].is_fresh in (True, False)


def test_a_connection_is_fresh_once(caller: Caller) -> None:
    caller.resilient(CONFIG)
    for _ in range(3):
        caller.create()
    assert [attempt.is_fresh for attempt in caller.of(AttemptRecord)] == [True, False, False]


@pytest.mark.parametrize("ask", ["create", "text", "final"])
@pytest.mark.parametrize("around", ["deadline: {total: 60s}", "hedge: {after: 30s}"])
def test_a_hook_is_told_who_has_answered(caller: Caller, service: Service, ask: str, around: str) -> None:
    """The model that was asked instead; the next call finds the first one well."""
    caller.resilient(layers(around, "fallback: {to: [{model: claude-haiku-4-5}]}", NO_RETRIES))
    service.next(faults.overload())
    for _ in range(2):
        getattr(caller, ask)()
    told = [(call.model, *call.target) for call in caller.of(FinishedCall)]
    assert told == [("claude-sonnet-5-5", "claude-haiku-4-5", ""), ("claude-sonnet-5-5", "claude-sonnet-5-5", "")]


def test_a_hook_that_raises_is_logged_once_and_breaks_nothing(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    told = []

    def broken(record: Any) -> None:
        told.append(record)
        raise ZeroDivisionError

    caller.resilient(CONFIG, [broken])
    for _ in range(2):
        assert caller.create().content
    assert len(told) == 4
    [logged] = [record for record in caplog.records if record.name == "brownout"]
    assert "the hook" in logged.getMessage()
    assert logged.exc_info is not None


def test_a_hook_may_call_the_client(caller: Caller) -> None:
    """No lock is held, and no layer is at work."""
    locked = []

    def look(record: Any) -> None:
        locked.append(caller.client._state.lock._is_owned())

    caller.resilient(CONFIG, [look])
    caller.create()
    caller.text()
    assert locked == [False] * 4


def test_what_is_logged_has_neither_keys_nor_prompts(
    caller: Caller, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "brownout")
    caller.bare.api_key = "sk-very-secret"
    caller.resilient(CONFIG, [LoggingHook()])
    service.next(faults.overload(), times=4)
    for _ in range(2):
        with pytest.raises(anthropic.APIStatusError):
            caller.create(messages=[{"role": "user", "content": "a word in private"}])
    with pytest.raises(errors.BreakerOpen):
        caller.create()
    ours = [record for record in caplog.records if record.name == "brownout"]
    text = "\n".join(record.getMessage() for record in ours)
    for secret in ("sk-very-secret", "in private"):
        assert secret not in text
        assert not any(secret in repr(record.__dict__) for record in ours)
    assert {record.levelname for record in ours} == {"DEBUG", "INFO", "WARNING", "ERROR"}
    assert "the breaker was closed and is open" in text
    assert "call 2: breaker_open after 0.000 s, attempts: 0, brownout.BreakerOpen" in text
    assert "call 0: attempt 0: status, status 529" in text
    assert all(isinstance(record.brownout, tuple) for record in ours)  # type: ignore[attr-defined]


def measured(caller: Caller, work: Callable[[], None], config: Any) -> dict[str, list[Any]]:
    """Metrics by name: the points of each."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    caller.resilient(config, [MetricsHook(meter_provider=provider)])
    work()
    data = reader.get_metrics_data()
    assert data is not None
    metrics = data.resource_metrics[0].scope_metrics[0].metrics
    provider.shutdown()
    return {metric.name: list(metric.data.data_points) for metric in metrics}


def test_metrics_have_the_names_of_the_conventions(caller: Caller) -> None:
    def work() -> None:
        caller.text()
        caller.create()

    found = measured(caller, work, CONFIG)
    about = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-5-5",
    }
    [duration] = found["gen_ai.client.operation.duration"]
    assert (duration.attributes, duration.count) == (about, 2)
    [first] = found["gen_ai.client.operation.time_to_first_chunk"]
    assert (first.attributes, first.count) == (about, 1)
    assert 0 < first.sum < duration.sum
    usage = {point.attributes["gen_ai.token.type"]: point for point in found["gen_ai.client.token.usage"]}
    assert usage["input"].attributes == about | {"gen_ai.token.type": "input"}
    assert (usage["input"].sum, usage["output"].sum) == (2, 24)
    assert "brownout.client.retries" not in found


def test_metrics_tell_of_retries_and_the_breaker(caller: Caller, service: Service) -> None:
    def work() -> None:
        service.next(faults.overload(), times=4)
        for _ in range(2):
            with pytest.raises(anthropic.APIStatusError):
                caller.create()
        with pytest.raises(errors.BreakerOpen):
            caller.create()

    found = measured(caller, work, CONFIG)
    errors_seen = {point.attributes["error.type"]: point.count for point in found["gen_ai.client.operation.duration"]}
    assert errors_seen == {"anthropic.OverloadedError": 2, "brownout.BreakerOpen": 1}
    [retries] = found["brownout.client.retries"]
    assert (retries.attributes, retries.value) == ({"brownout.wait.reason": "backoff"}, 2)
    [waits] = found["brownout.client.wait.duration"]
    assert waits.count == 2
    [turn] = found["brownout.client.breaker.transitions"]
    assert turn.attributes == {"brownout.breaker.from": "closed", "brownout.breaker.to": "open"}
    [state] = found["brownout.client.breaker.state"]
    assert state.value == 2
    [attempts] = found["brownout.client.attempts"]
    assert (attempts.attributes, attempts.value) == ({"brownout.outcome": "status"}, 4)
    [amplification] = found["brownout.client.amplification"]
    assert (amplification.count, amplification.max) == (3, 2)


def test_the_conventions_are_those_that_are_installed() -> None:
    """A name that they drop or change is found out here."""
    from opentelemetry.semconv._incubating.attributes import error_attributes, gen_ai_attributes
    from opentelemetry.semconv._incubating.metrics import gen_ai_metrics

    assert gen_ai_metrics.GEN_AI_CLIENT_OPERATION_DURATION == "gen_ai.client.operation.duration"
    assert gen_ai_metrics.GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK == "gen_ai.client.operation.time_to_first_chunk"
    assert gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE == "gen_ai.client.token.usage"
    assert gen_ai_attributes.GenAiOperationNameValues.CHAT.value == "chat"
    assert gen_ai_attributes.GenAiProviderNameValues.ANTHROPIC.value == "anthropic"
    assert gen_ai_attributes.GEN_AI_TOKEN_TYPE == "gen_ai.token.type"
    assert error_attributes.ERROR_TYPE == "error.type"


def test_breaker_records_come_too(caller: Caller, service: Service) -> None:
    caller.resilient(layers("breaker: {failures: 1}", NO_RETRIES))
    service.next(faults.overload())
    with pytest.raises(anthropic.APIStatusError):
        caller.create()
    [turn] = caller.of(BreakerRecord)
    assert (turn.before, turn.after) == ("closed", "open")
    assert turn.until > turn.at
