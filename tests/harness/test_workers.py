"""Workers: how many there are changes nothing, killed ones are replaced, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import Lock

import pytest

from brownout.harness.cells import Job, jobs
from brownout.harness.client import Client
from brownout.harness.environment import code, environment
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.workers import ClusterError, Processes, given, run
from brownout.harness.workers.guarded import alone, differences

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
    monkeypatch.setattr("brownout.harness.workers.running.Processes", None)
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


def test_any_executor_does() -> None:
    """Of processes that others have made, or of threads, which then play one after the other."""
    expected = cells(todo(), 1)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool, given(pool) as executor:
        assert {job.key: repr(played) for job, played in run(todo(), executor=executor)} == expected
    with ThreadPoolExecutor(4) as threads, given(threads) as executor:
        assert {job.key: repr(played) for job, played in run(todo(), executor=executor)} == expected


def test_a_worker_with_another_version_is_refused() -> None:
    """Its results would be others, and be kept under another name."""
    with pytest.raises(ClusterError, match=r"a worker has simpy .* \(here 0\.1\)"):
        alone((environment() | {"simpy": "0.1"}, code()), int)
    here = environment(), code()
    assert differences(here, here) == ""
    assert differences(here, (here[0], "?")) == "other code of Brownout under the same version"


def test_what_cannot_be_sent_is_an_error_and_no_end() -> None:
    """Neither there nor back; the process goes on with the next."""
    with Processes(1) as processes:
        there = processes.submit(print, Lock())
        back = processes.submit(Lock)
        after = processes.submit(os.getpid)
        assert isinstance(there.exception(60), TypeError)
        assert isinstance(back.exception(60), TypeError)
        assert after.result(60) != os.getpid()
        failed = processes.submit(os.listdir, "/no/such/folder").exception(60)
    assert isinstance(failed, FileNotFoundError)
    assert "in a worker: Traceback" in failed.__notes__[0]
    with pytest.raises(RuntimeError, match="shut down"):
        processes.submit(os.getpid)


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
    """A program with a job that kills whoever plays it."""
    yield "import os, signal, sys"
    yield f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})"
    yield "from tests.harness.test_workers import HASTY, STORM, todo"
    yield "from brownout.harness.cells import Job"
    yield "from brownout.harness.workers import WorkersDied, run"
    yield "class Deadly(Job):"
    yield "    def observe(self):"
    yield f"        open({str(folder / 'tries')!r}, 'a').write('x')"
    yield "        os.kill(os.getpid(), signal.SIGKILL)"
    yield "if __name__ == '__main__':"
    yield "    done = []"
    yield "    try:"
    yield "        for each in run([*todo(), Deadly(STORM, HASTY, 1, 'sim', 1.0), *todo()], 2):"
    yield "            done.append(each)"
    yield "    except WorkersDied as error:"
    yield "        print(error)"
    yield "        print(len(error.jobs), len(done))"


@pytest.mark.slow
def test_a_cell_that_kills_every_worker_is_named_and_costs_no_other(tmp_path: Path) -> None:
    """It is tried thrice; all the others are there, and whoever hears of it is told what may help."""
    script = tmp_path / "deadly.py"
    script.write_text("\n".join(deadly(tmp_path)), encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == [
        "every worker that played this was killed, 3 of 3: storm with hasty, seed 1. Too little memory? Try fewer "
        "--workers, or a smaller --sample",
        "1 16",
    ], done.stderr
    assert (tmp_path / "tries").read_text(encoding="utf-8") == "xxx"


UNGUARDED = """
import sys
sys.path.insert(0, {root!r})
from tests.harness.test_workers import todo
from brownout.harness.workers import WorkersDied, run
try:
    list(run(todo(50), 2))
except WorkersDied as error:
    print(error)
"""


@pytest.mark.slow
def test_a_script_that_cannot_be_imported_again_ends_soon(tmp_path: Path) -> None:
    """Without `if __name__ == "__main__":` no process comes up: no cell is to blame, and it is not tried for each."""
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED.format(root=str(Path(__file__).parents[2])), encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert "worker processes in a row have ended as they began" in done.stdout, done
    assert done.stderr.count("bootstrapping phase") <= 6


ENDLESS = """
import sys
from brownout.harness.cells import jobs
from brownout.harness.client import Client
from brownout.harness.environment import code, environment
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
