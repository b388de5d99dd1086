"""The same calls make the same figures, told by a resilient client or read in a ledger."""

from __future__ import annotations

import threading
from typing import Any

import anthropic
import pytest

import brownout
from brownout import Monitor, faults
from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served
from brownout.harness.ledger import Ledger
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord, CallRecord
from brownout.harness.testing.service import Service

from .made import SONNET

ASK: dict[str, Any] = {
    "model": SONNET,
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}
RULES = ("burn-rate", "failures-bernoulli", "retries-bernoulli", "timeouts-over-5-percent")


def call(client: Any, number: int) -> None:
    """Every other one streams, and every seventh is left after three events."""
    try:
        if number % 2:
            client.messages.create(**ASK)
        else:
            with client.messages.stream(**ASK) as stream:
                for _ in zip(range(3 if number % 7 == 0 else 1000), stream, strict=False):
                    pass
    except anthropic.APIError:
        pass


def ledger_of(records: list[Any], service: Service) -> Ledger:
    """As drivers keep it: the server's side, too, whose requests come in the order of the attempts."""
    ledger = Ledger()
    for record in records:
        ledger.record(CallRecord._make(record) if isinstance(record, FinishedCall) else record)
    ledger.attempts.sort(key=lambda attempt: attempt.started)
    arrived = [each for each in ledger.attempts if each.phase != "connect"]
    served: list[Served] = sorted(service.requests, key=lambda each: each.arrived)
    ledger.journal = [each._replace(who=by.who) for each, by in zip(served, arrived, strict=True)]
    return ledger


CASES = [
    ("overload-and-recovery", "budgeted"),
    ("overload-and-recovery", "guide"),
    ("stall-mid-stream", "budgeted"),
    ("connection-outage", "guide"),
]


@pytest.mark.parametrize(("incident", "config"), CASES)
def test_a_client_and_its_ledger_say_the_same(incident: str, config: str) -> None:
    """To the last digit, alarms and scraped text included."""
    records: list[Any] = []
    alarms: dict[str, list[Any]] = {"live": [], "played": []}
    with brownout.virtual(incident) as service:
        live = Monitor(rules=RULES, on_alarm=alarms["live"].append)
        client = brownout.resilient(anthropic.Anthropic(), config, hooks=[live, records.append])
        for number in range(120):
            call(client, number)
        client.close()
        threading.Event().wait(1.0)  # so that the last call has ended before the run has
        lasts, ledger = service.now, ledger_of(records, service)
        seen, scraped = live.snapshot(), live.openmetrics()
    played = Monitor.of_ledger(ledger, lasts, SONNET, rules=RULES, on_alarm=alarms["played"].append)
    assert played.snapshot() == seen
    assert played.openmetrics() == scraped
    assert alarms["played"] == alarms["live"]
    day = seen.window("1d").overall
    assert day.calls + day.cancelled == 120
    assert day.cancelled
    assert day.amplification != 1.0, "nothing went wrong"


def test_who_was_asked_instead_is_who_has_answered(tmp_path: Any) -> None:
    """A fallback to another model and to another endpoint, with and without a stream."""
    path = tmp_path / "client.yaml"
    path.write_text(
        "name: other\n"
        "layers:\n"
        "  - fallback: {to: [{model: claude-haiku-4-5, endpoint: 'https://gate.example'}]}\n"
        "  - sdk: {max_retries: 0}\n",
        encoding="utf-8",
    )
    with brownout.virtual(hosts=["api.anthropic.com", "gate.example"]) as service:
        monitor = Monitor()
        client = brownout.resilient(anthropic.Anthropic(), path, hooks=[monitor])
        for number in range(4):
            if number < 2:
                service.next(faults.overload())
            call(client, number + 1)
        client.close()
        groups = monitor.snapshot().window("5m").groups
    assert [(each.model, each.endpoint, each.figures.calls, each.figures.amplification) for each in groups] == [
        ("claude-haiku-4-5", "gate.example", 2, 2.0),
        (SONNET, "", 2, 1.0),
    ]


def test_attempts_of_a_ledger_come_before_the_calls_that_they_end() -> None:
    """Whatever the order in which they are kept."""
    ledger = Ledger()
    ledger.calls.append(CallRecord(0, 0, 0.0, 0.0, 5.0, "ok", None, "", 9.0, False, 10, 10, 0, 2))
    for number, ended in ((0, 2.0), (1, 5.0)):
        outcome = "ok" if number else "timeout"
        who = Identity(0, 0, number)
        ledger.attempts.insert(0, AttemptRecord(who, 0.0, ended, outcome, "read", None, False))
    seen = Monitor.of_ledger(ledger).snapshot().window("5m").overall
    assert (seen.retry_rate, seen.retry_success_rate, seen.timeouts_by_phase) == (1.0, 1.0, {"read": 1.0})
