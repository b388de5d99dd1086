"""Cells: what they hold, and what their keys depend on."""

from __future__ import annotations

import pytest

from brownout.harness import cells, metrics, tables
from brownout.harness.cells import Job, jobs, play
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

from . import tiny

STORM, CALM = loads(tiny.STORM, Scenario), loads(tiny.CALM, Scenario)
PATIENT, HASTY = loads(tiny.PATIENT, Client), loads(tiny.HASTY, Client)


def todo(seeds: int = 2) -> list[Job]:
    return jobs([STORM, CALM], [PATIENT, HASTY], range(seeds), "sim", 1.0)


def test_jobs_come_by_scenario_client_seed() -> None:
    """In the order in which results are kept."""
    assert [(job.scenario.name, job.client.name, job.seed) for job in todo()] == [
        ("storm", "patient", 0), ("storm", "patient", 1), ("storm", "hasty", 0), ("storm", "hasty", 1),
        ("calm", "patient", 0), ("calm", "patient", 1), ("calm", "hasty", 0), ("calm", "hasty", 1),
    ]  # fmt: skip


def test_a_cell_says_what_its_ledger_holds() -> None:
    """Every figure of a cell is a metric of the run, infinite ones too; what has no meaning has its reason."""
    job = todo()[2]
    seen, found = job.observe(), play(job).cell
    measured, ledger = metrics.measure(seen), seen.ledger
    assert measured["p95(latency)"] == found.metrics["p95(latency)"] == float("inf")
    assert found.metrics | found.absent == {
        name: value.reason if isinstance(value, metrics.Absent) else value for name, value in measured.items()
    }
    assert found.absent.keys().isdisjoint(found.metrics)
    assert (found.calls, found.attempts) == (len(ledger.calls), len(ledger.attempts))
    assert sum(found.outcomes.values()) == found.calls
    assert {name: (count.planned, count.fired) for name, count in found.faults.items()} == ledger.faults
    opened = sum(count for name, count in found.transitions.items() if name.endswith(" to open"))
    assert opened == sum(record.after == "open" for record in ledger.breaker) > 0
    assert found.timeouts == metrics.timeouts_by_phase(seen)
    assert (found.key, found.lateness) == (job.key, 0.0)


def test_tables_are_of_the_same_run() -> None:
    """Every call and every request, so that quantiles over all calls agree with the cell's own."""
    played = play(todo()[0])
    calls = tables.unpack(played.calls, tables.CALLS)
    assert len(calls["latency"]) == played.cell.calls
    assert len(tables.unpack(played.attempts, ("started",))["started"]) == played.cell.attempts
    assert calls["good"].mean() == played.cell.metrics["goodput"]
    assert metrics.quantile(sorted(calls["latency"]), 0.5) == played.cell.metrics["p50(latency)"]


def test_objectives_are_measured() -> None:
    """A quantile that nobody else asks for."""
    asked = loads(tiny.CALM + "objectives: [p42(ttft) <= 1s, p42(latency) <= 3s]\n", Scenario)
    found = play(Job(asked, PATIENT, 1, "sim", 1.0)).cell
    assert 0.0 < found.metrics["p42(latency)"] < 3.0
    assert found.absent["p42(ttft)"] == "no call streams"


def renamed(model: Client) -> Client:
    return model.model_copy(update={"name": "another"})


def test_a_key_depends_on_everything_the_result_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other scenario, client, seed, backend, scale or version is another cell; comments and blanks are not."""
    job = Job(STORM, PATIENT, 1, "sim", 1.0)
    same = Job(loads("# a comment\n\n" + tiny.STORM, Scenario), PATIENT, 1, "sim", 1.0)
    assert same.key == job.key
    others = [
        Job(CALM, PATIENT, 1, "sim", 1.0),
        Job(loads(tiny.STORM.replace("20%", "21%"), Scenario), PATIENT, 1, "sim", 1.0),
        Job(STORM, HASTY, 1, "sim", 1.0),
        Job(STORM, renamed(PATIENT), 1, "sim", 1.0),
        Job(STORM, PATIENT, 2, "sim", 1.0),
        Job(STORM, PATIENT, 1, "wire", 1.0),
        Job(STORM, PATIENT, 1, "sim", 2.0),
    ]
    keys = {job.key, *(other.key for other in others)}
    assert len(keys) == 1 + len(others)
    monkeypatch.setattr(cells, "environment", lambda: {"simpy": "9.9"})
    assert job.key not in keys
