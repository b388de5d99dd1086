"""Lean runs come to what the runs come to whose records are all kept, whatever the parts, and hold few records."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from brownout.harness import cells, lean, metrics, tables
from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.course import course
from brownout.harness.drivers.sim.parts import _settled, parts
from brownout.harness.drivers.sim.run import Simulation
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Absent, Whole
from brownout.harness.metrics.samples import RELATIVE_ERROR
from brownout.harness.scenario import Scenario

from .metrics.ledgers import attempt, call, served
from .test_traces import csv
from .test_traces import scenario as of_trace

EVERY = "{name: world, workload: WORKLOAD, server: SERVER, timeline: TIMELINE}"
PLAIN = "{name: plain, timeouts: {read: 4s}, layers: [{sdk: {max_retries: 2}}]}"
HEDGING = "{name: hedging, layers: [{hedge: {after: 1500ms}}, {content_gap: {limit: 2s}}, {sdk: {max_retries: 1}}]}"
GUARDED = (
    "{name: guarded, layers: [{breaker: {failures: 2, open_for: 3s}}, {retry: {retries: 1}}, {sdk: {max_retries: 0}}]}"
)
PATIENT = "{name: patient, timeouts: {read: 600s}, layers: [{sdk: {max_retries: 0}}]}"
STORM = "[{for: 8s}, {for: 8s, faults: [{kind: overload, share: 40%}, {kind: stall, share: 30%}]}, {for: 8s}]"


class World(NamedTuple):
    scenario: str
    client: str = PLAIN


def world(workload: str, timeline: str = STORM, server: str = "{}") -> str:
    return EVERY.replace("WORKLOAD", workload).replace("TIMELINE", timeline).replace("SERVER", server)


OPEN = "{clients: 3, arrivals: {kind: poisson, rate: 5/s}, calls: CALLS}"
WORLDS = {
    "streams and hedges": World(
        world(OPEN.replace("CALLS", "{deadline: 8s, stream: 70%, gap_within: 3s, output_tokens: 40}")), HEDGING
    ),
    "chains": World(world(OPEN.replace("5/s", "2/s").replace("CALLS", "{chain: 3, deadline: 8s, output_tokens: 20}"))),
    "breakers": World(world(OPEN.replace("CALLS", "{deadline: 8s, output_tokens: 20}")), GUARDED),
    "work that goes on when its client has left": World(
        world(
            OPEN.replace("CALLS", "{deadline: 8s, caller_timeout: 3s, stream: 30%, output_tokens: 100}"),
            server="{latency: {token_gap: 50ms}, capacity: {slots: 20, queue: 10, on_disconnect: finish}}",
        ).replace("4s", "2s"),
        PLAIN.replace("4s", "2s"),
    ),
    "closed arrivals, groups": World(
        world(
            "{groups: [{clients: 3, arrivals: {kind: closed, think: 1s}, calls: {output_tokens: 30}}, "
            "{clients: 2, arrivals: {kind: herd, every: 5s}, calls: {profile: background, output_tokens: 90}}]}"
        )
    ),
    "censored at the end": World(
        world(OPEN.replace("CALLS", "{deadline: 8s}"), "[{for: 10s, faults: [{kind: no_answer, share: 50%}]}]"),
        PATIENT,
    ),
    "one that collapses": World(
        world(
            "{clients: 5, arrivals: {kind: poisson, rate: 4/s}, calls: {deadline: 6s, output_tokens: 100}}",
            "[{for: 10s}, {for: 10s, faults: [{kind: no_answer}]}, {for: 90s}]",
            "{latency: {first_token: 1s, token_gap: 10ms}, capacity: {slots: 10, queue: 200, on_disconnect: finish}}",
        ).replace("timeline:", "recovery: {window: 4s}, timeline:"),
        PLAIN.replace("max_retries: 2", "max_retries: 6"),
    ),
}  # fmt: skip
SIZES = (1, 7, 1000, 10**9)


def read(of: World) -> tuple[Scenario, Client]:
    return loads(of.scenario, Scenario), loads(of.client, Client)


def check_alike(found: lean.Measured, job: Job) -> None:
    """Every metric and count, the course, and, as all calls are kept, the tables."""
    seen = job.observe()
    check_metrics(found.run, seen)
    assert found.faults == seen.ledger.faults
    for table, expected in ((found.calls, tables.calls(seen)), (found.attempts, tables.attempts(seen))):
        assert list(table) == list(expected)
        for name, column in expected.items():
            assert table[name].dtype == column.dtype, name
            assert (
                table[name].tolist() == pytest.approx(column.tolist(), rel=0.0, abs=0.0, nan_ok=True)
                if (column.dtype == float)
                else table[name].tolist() == column.tolist()
            ), name


def check_metrics(found: Whole, seen: Whole) -> None:
    for count in (metrics.size, metrics.outcomes, metrics.timeouts_by_phase, metrics.transitions):
        assert count(found) == count(seen)
    measured = metrics.measure(found, ["p99.9(duration)"])
    for name, value in metrics.measure(seen, ["p99.9(duration)"]).items():
        other = measured[name]
        if isinstance(value, Absent) or isinstance(other, Absent):
            assert value == other, name
        elif "(" in name:
            assert value <= other <= value * (1.0 + RELATIVE_ERROR), name
        else:
            assert math.isclose(value, other, rel_tol=1e-12), name
    drawn = course(found)
    for name, column in course(seen).items():
        assert np.allclose(drawn[name], column, atol=1e-6), name


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", WORLDS)
def test_a_lean_run_comes_to_the_same(name: str, size: int) -> None:
    """However often it forgets what is settled."""
    scenario, client = read(WORLDS[name])
    check_alike(lean.play(scenario, client, 1, size=size), Job(scenario, client, 1, "sim", 1.0))


def test_worlds_are_what_they_are_called() -> None:
    """There is something to be forgotten wrongly in each."""

    def seen(name: str) -> metrics.Observed:
        return Job(*read(WORLDS[name]), 1, "sim", 1.0).observe()

    hedged = seen("streams and hedges").ledger
    assert any(each.who.branch for each in hedged.attempts)
    assert metrics.metric("chains").of(seen("chains")) != 1.0
    assert metrics.metric("breaker_opened").of(seen("breakers")) > 0.0
    left = seen("work that goes on when its client has left")
    assert any(each.left is not None and each.ended != each.left for each in left.ledger.journal)
    assert any(call.finished is None for call in seen("censored at the end").ledger.calls)
    assert metrics.metric("metastable").of(seen("one that collapses")) == 1.0


def test_a_run_without_a_call() -> None:
    """Has tables without rows, and no metric."""
    none = world("{clients: 1, arrivals: {kind: poisson, rate: 0.001/s}, calls: {deadline: 5s}}", "[{for: 10s}]")
    scenario, client = loads(none, Scenario), loads(PLAIN, Client)
    found = lean.play(scenario, client, 1)
    assert metrics.measure(found.run) == {}
    assert [len(table["call"]) for table in (found.calls, found.attempts)] == [0, 0]


def test_a_trace_is_played_alike(tmp_path: Path) -> None:
    csv(tmp_path / "calls.csv")
    scenario, client = of_trace(tmp_path), loads(PLAIN, Client)
    check_alike(lean.play(scenario, client, 1, size=2), Job(scenario, client, 1, "sim", 1.0))


def test_a_call_is_settled_when_all_of_it_is_there() -> None:
    """Not before each of its attempts has been recorded, and the service has done with them."""
    calls = [call(1.0, who=(0, number), attempts=2) for number in range(3)]
    attempts = [attempt(who=(0, number, i)) for number in range(3) for i in range(2)]
    ledger, journal = Ledger(calls=list(calls), attempts=attempts[:-1]), [served((0, 1)), served((0, 0))]
    part = _settled(ledger, journal, unfinished={(0, 1)})
    assert (part.calls, part.attempts, part.journal) == (calls[:1], attempts[:2], [served((0, 0))])
    assert (ledger.calls, ledger.attempts, journal) == (calls[1:], attempts[2:-1], [served((0, 1))])


@pytest.mark.parametrize("size", [5, 50])
def test_few_records_are_held_however_long_it_lasts(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a part, and of what is under way: of a run that is ten times as long no more."""
    held: list[int] = []
    until = Simulation.until

    def counted(self: Simulation, moment: float) -> None:
        until(self, moment)
        held.append(len(self.ledger.calls) + len(self.ledger.attempts) + len(self.ledger.waits))

    monkeypatch.setattr(Simulation, "until", counted)
    workload = "{clients: 4, arrivals: {kind: poisson, rate: 20/s}, calls: {deadline: 5s, output_tokens: 10}}"

    def most(seconds: int) -> tuple[int, int]:
        held.clear()
        faults = "[{kind: rate_limit, share: 20%, retry_after: 1s}]"
        scenario = loads(world(workload, f"[{{for: {seconds}s, faults: {faults}}}]"), Scenario)
        calls = sum(len(part.ledger.calls) for part in parts(scenario, loads(PLAIN, Client), 1, size))
        return calls, max(held)

    (few, short), (many, long) = most(20), most(200)
    assert many > 8 * few
    assert long <= max(short, 5 * size) + 40


def test_the_calls_that_are_kept_depend_on_the_seed_alone() -> None:
    """Neither on the parts nor on the client, and each has all its attempts; the next seed keeps others."""
    scenario, client = read(WORLDS["streams and hedges"])

    def kept(seed: int = 1, size: int = 1000, who: Client = client) -> set[tuple[int, int]]:
        found = lean.play(scenario, who, seed, size=size, most=20)
        calls = list(zip(found.calls["client_number"].tolist(), found.calls["call"].tolist(), strict=True))
        assert len(calls) == len(set(calls)) == 20
        attempts = zip(found.attempts["client_number"].tolist(), found.attempts["call"].tolist(), strict=True)
        assert set(attempts) <= set(calls)
        assert len(found.attempts["call"]) == found.calls["attempts"].sum()
        return set(calls)

    assert kept() == kept(size=7) == kept(who=loads(PLAIN, Client))
    assert kept() != kept(seed=2)


def test_a_cell_says_how_many_calls_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its key tells it from one that has all of them."""
    scenario, client = read(WORLDS["breakers"])
    whole, job = (Job(scenario, client, 1, "sim", 1.0, is_lean) for is_lean in (False, True))
    assert whole.key != job.key
    found = cells.play(job)
    assert (found.cell.kept, cells.play(whole).cell.kept) == (found.cell.calls, None)
    monkeypatch.setattr(lean, "play", partial(lean.play, most=30))
    found = cells.play(job)
    assert (found.cell.kept, len(tables.unpack(found.calls, ["call"])["call"])) == (30, 30)
    assert found.cell.calls > 60
