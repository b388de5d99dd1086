"""Workers: how many there are changes nothing, killed ones are replaced, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from brownout.harness import workers
from brownout.harness.cells import Job, jobs
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.workers import WorkersDied, run

from . import tiny
from .processes import PATIENCE, alive, descendants, needs_proc, until

STORM, CALM = loads(tiny.STORM, Scenario), loads(tiny.CALM, Scenario)
PATIENT, HASTY = loads(tiny.PATIENT, Client), loads(tiny.HASTY, Client)


def todo(seeds: int = 2) -> list[Job]:
    return jobs([STORM, CALM], [PATIENT, HASTY], range(seeds), "sim", 1.0)


def cells(todo: list[Job], count: int) -> dict[str, str]:
    """Key -> the cell and its tables, to the last digit."""
    return {job.key: repr(played) for job, played in run(todo, count)}


def test_results_do_not_depend_on_the_number_of_processes() -> None:
    """One process or two: the same cells, and each job goes with its own."""
    assert cells(todo(), 2) == cells(todo(), 1)
    assert active_children() == []


def test_one_job_needs_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh interpreter costs a second; for a single cell there is none, however many were allowed."""
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    [(job, found)] = run(todo()[:1], workers=8)
    assert found.cell.scenario == job.scenario.name == "storm"
    assert list(run([], workers=8)) == []


def test_a_defect_in_a_worker_ends_the_run_at_once() -> None:
    """What a cell raises arrives here, and no process is left to finish what nobody will read."""
    broken = Job(STORM.model_construct(), PATIENT, 1, "sim", 1.0)
    with pytest.raises(AttributeError):
        list(run([broken, *todo(8)], 2))
    assert active_children() == []


def test_who_stops_reading_stops_the_workers() -> None:
    """An error of the reader, such as a full disk, leaves nobody at work."""
    with closing(run(todo(500), 2)) as finished:
        next(finished)
    assert active_children() == []


def test_a_worker_that_is_stopped_in_the_middle_of_its_result_holds_nobody_up() -> None:
    """Half of a result is there, the rest never comes, and the pool is closed all the same."""
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    before = active_children()
    pool.submit(os.getpid).result()
    results: Any = pool._result_queue
    os.write(results._writer.fileno(), struct.pack("!i", 1000) + b"half")
    workers._stop(pool, [worker for worker in active_children() if worker not in before])
    closing_it = Thread(target=pool.shutdown, daemon=True)
    closing_it.start()
    closing_it.join(60)
    assert not closing_it.is_alive()


@needs_proc
def test_a_killed_worker_is_replaced() -> None:
    """Whatever it was at is played again, and the result is the same."""
    expected = cells(todo(40), 1)
    before, found = descendants(os.getpid()), {}
    for job, played in run(todo(40), 2):
        if not found:
            os.kill(min(descendants(os.getpid()) - before), signal.SIGKILL)
        found[job.key] = repr(played)
    assert found == expected
    assert active_children() == []


def deadly(folder: Path) -> Iterator[str]:
    """A program whose first job kills whoever plays it."""
    yield "import os, signal, sys"
    yield f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})"
    yield "from dataclasses import dataclass"
    yield "from tests.harness.test_workers import HASTY, STORM, todo"
    yield "from brownout.harness.cells import Job"
    yield "from brownout.harness.workers import WorkersDied, run"
    yield "class Deadly(Job):"
    yield "    def observe(self):"
    yield f"        open({str(folder / 'tries')!r}, 'a').write('x')"
    yield "        os.kill(os.getpid(), signal.SIGKILL)"
    yield "if __name__ == '__main__':"
    yield "    try:"
    yield "        list(run([Deadly(STORM, HASTY, 1, 'sim', 1.0), *todo()], 2))"
    yield "    except WorkersDied as error:"
    yield "        print(error)"


def test_a_cell_that_kills_every_worker_is_an_error(tmp_path: Path) -> None:
    """It is tried thrice; whoever hears of it is told what may help."""
    script = tmp_path / "deadly.py"
    script.write_text("\n".join(deadly(tmp_path)), encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "worker processes were killed 3 times; too little memory? try fewer --workers\n", done.stderr
    assert 3 <= len((tmp_path / "tries").read_text(encoding="utf-8")) <= 3
    assert issubclass(WorkersDied, Exception)


ENDLESS = """
import sys
from brownout.harness.cells import jobs
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.workers import run

if __name__ == "__main__":
    texts = {texts}
    scenario, client = loads(texts[0].replace("30s\\n", "90000s\\n", 1), Scenario), loads(texts[1], Client)
    list(run(jobs([scenario], [client], range(20), "sim", 1.0), 2))
"""


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_no_worker_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    """Interrupted or killed in the middle, the parent takes every worker with it, and no worker says a word."""
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS.replace("{texts}", json.dumps([tiny.STORM, tiny.PATIENT])), encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, script],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background has it ignored
    )
    until(lambda: len(descendants(parent.pid)) >= 2)
    time.sleep(0.3)  # some are at work by now, some may still be starting: either must do
    family = descendants(parent.pid)
    parent.send_signal(number)
    _, said = parent.communicate(timeout=PATIENCE)
    until(lambda: not alive(family))
    assert said.count("Traceback") == (1 if number == signal.SIGINT else 0)  # the script's own, no worker's
