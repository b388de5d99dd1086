"""Cells: how many processes run them changes nothing, and none of those is left behind."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from brownout.harness import cells, metrics
from brownout.harness.cells import Job, cell, jobs, run
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

from . import tiny
from .processes import PATIENCE, alive, descendants, needs_proc, until

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


def test_results_do_not_depend_on_the_number_of_processes() -> None:
    """One process or two: the same cells in the same order, to the last digit, and progress goes in steps of one."""
    alone: list[int] = []
    together: list[int] = []
    here = run(todo(), 1, alone.append)
    there = run(todo(), 2, together.append)
    assert [each.model_dump_json() for each in here] == [each.model_dump_json() for each in there]
    assert alone == together == list(range(1, 9))
    assert active_children() == []


def test_one_job_needs_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh interpreter costs a second; for a single cell there is none, however many were allowed."""
    monkeypatch.setattr(cells, "ProcessPoolExecutor", None)
    [found] = run(todo()[:1], workers=8)
    assert found.scenario == "storm"


def test_a_cell_says_what_its_ledger_holds() -> None:
    """Every figure of a cell is a metric of the run; infinite ones are None."""
    job = todo()[2]
    ledger, found = job.play(), cell(job)
    measured = metrics.measure(ledger)
    assert measured["p95"] == math.inf
    assert found.metrics == {name: value if math.isfinite(value) else None for name, value in measured.items()}
    assert (found.calls, found.attempts) == (len(ledger.calls), len(ledger.attempts))
    assert sum(found.outcomes.values()) == found.calls
    assert {name: (count.planned, count.fired) for name, count in found.faults.items()} == ledger.faults
    assert found.breaker_opened == sum(record.after == "open" for record in ledger.breaker) > 0
    assert found.timeouts == metrics.timeouts_by_phase(ledger)
    assert found.lateness == 0.0


def test_a_defect_in_a_worker_ends_the_run_at_once() -> None:
    """What a cell raises arrives here, and no process is left to finish what nobody will read."""
    broken = Job(STORM.model_construct(), PATIENT, 1, "sim", 1.0)
    with pytest.raises(AttributeError):
        run([broken, *todo(8)], 2)
    assert active_children() == []


ENDLESS = """
import sys
from brownout.harness.cells import jobs, run
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

if __name__ == "__main__":
    texts = {texts}
    scenario, client = loads(texts[0].replace("30s\\n", "90000s\\n", 1), Scenario), loads(texts[1], Client)
    run(jobs([scenario], [client], range(20), "sim", 1.0), 2)
"""


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_no_worker_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    """Interrupted or killed in the middle, the parent takes every worker with it, and no worker says a word."""
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS.replace("{texts}", json.dumps([tiny.STORM, tiny.PATIENT])), encoding="utf-8")
    parent = subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, text=True)
    until(lambda: len(descendants(parent.pid)) >= 2)
    time.sleep(0.3)  # some are at work by now, some may still be starting: either must do
    workers = descendants(parent.pid)
    parent.send_signal(number)
    _, said = parent.communicate(timeout=PATIENCE)
    until(lambda: not alive(workers))
    assert said.count("Traceback") == (1 if number == signal.SIGINT else 0)  # the script's own, no worker's
