"""Alert rules in production call when they do in the simulator, and say so to whoever listens."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

import brownout
from brownout.harness.alerts.alarms import Alarm as Simulated
from brownout.harness.alerts.alarms import alarms
from brownout.harness.alerts.sources import rule
from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.monitoring.ended import of_ledger
from brownout.harness.monitoring.tick import STEP, ticks
from brownout.harness.sources import UnknownName, client, scenario
from brownout.monitor import Alarm, Monitor
from brownout.scenarios import alerts

from .made import Clock, finished

LASTS = 1800.0


@pytest.mark.parametrize("incident", ["overload-and-recovery", "rate-limit-storm"])
def test_alarms_are_those_of_the_simulator(incident: str) -> None:
    """Of all shipped rules, on the same calls."""
    found: Client = client("guide").value
    ledger = Job(scenario(incident).value, found, 1, "sim", 1.0).play()
    told: list[Alarm] = []
    Monitor.of_ledger(ledger, LASTS, rules=list(alerts()), on_alarm=told.append)
    files = [rule(name).value for name in alerts()]
    expected = [each for of_rule in alarms(files, ticks(of_ledger(ledger), LASTS, STEP), STEP) for each in of_rule]
    assert expected
    assert sorted(expected) == sorted(_as_simulated(told))


def _as_simulated(told: list[Alarm]) -> list[Simulated]:
    """From when to when, of what was told when it began and when it ended."""
    found: dict[tuple[str, float], Simulated] = {}
    for each in told:
        ends = None if each.is_firing else each.at
        found[each.rule, each.since] = Simulated(each.rule, each.since, ends, each.cause)
    return list(found.values())


RULE = """
name: mine
about: Any failure.
severity: ticket
rule: {kind: threshold, of: failures, above: 10%, window: 2m, calls: 1}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(RULE, encoding="utf-8")
    return path


def test_an_alarm_is_told_and_logged_when_it_begins_and_ends(mine: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once each, by whatever comes first: a record, or a look."""
    caplog.set_level(logging.INFO, "brownout")
    clock, told = Clock(), list[Alarm]()
    monitor = Monitor(rules=[mine], on_alarm=told.append, clock=clock)
    monitor(finished(0, "status"))
    clock.now = 59.0
    monitor.look()
    assert told == []
    clock.now = 61.0
    monitor(finished(1))
    [begun] = told
    assert (begun.rule, begun.severity, begun.is_firing, begun.since, begun.at) == ("mine", "ticket", True, 60.0, 60.0)
    assert (begun.level, begun.cause) == (pytest.approx(10.0), "service")
    [state] = monitor.snapshot().rules
    assert (state.is_firing, state.since) == (True, 60.0)
    clock.now = 1000.0
    assert 'brownout_client_alert_firing{rule="mine",severity="ticket"} 0.0\n' in monitor.openmetrics()
    [_, ended] = told
    assert (ended.is_firing, ended.since, ended.at) == (False, 60.0, 180.0)
    logged = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert logged == [("WARNING", begun.words), ("INFO", ended.words)]
    assert begun.words == "mine (ticket) fires at 10 times its limit; by its figures it is the service's"
    assert ended.words == "mine has ended after 2m"
    assert caplog.records[0].brownout is begun  # type: ignore[attr-defined]


def test_whoever_is_told_may_look_and_may_raise(mine: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock, seen = Clock(), list[Any]()

    def raising(alarm: Alarm) -> None:
        seen.append(monitor.snapshot().rules[0].is_firing)
        raise ZeroDivisionError

    monitor = Monitor(rules=[mine], on_alarm=raising, clock=clock)
    monitor(finished(0, "status"))
    clock.now = 60.0
    monitor.look()
    assert seen == [True]
    assert "raising" in caplog.text


def test_a_rule_that_there_is_not_is_said_at_once(mine: Path) -> None:
    with pytest.raises(UnknownName, match='unknown rule "burn-rat", did you mean "burn-rate"'):
        brownout.Monitor(rules=["burn-rat"])
    with pytest.raises(ValueError, match="two are called mine"):
        brownout.Monitor(rules=[mine, mine])
