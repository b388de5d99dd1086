"""A Dask cluster instead of this machine's processes: the same results, and what dies costs nothing else."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from brownout import api
from brownout.harness.cells import Job, jobs
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.run import run as run_plan
from brownout.harness.scenario import Scenario
from brownout.harness.store import FILE_NAME
from brownout.harness.workers import ClusterError, WorkersDied, given, run

from ..cli.command import brownout, start
from . import tiny
from .processes import PATIENCE, until

STORM, CALM = loads(tiny.STORM, Scenario), loads(tiny.CALM, Scenario)
PATIENT, HASTY = loads(tiny.PATIENT, Client), loads(tiny.HASTY, Client)

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # Dask's own are not ours to mend


STRANGER = """
import sys
sys.modules["brownout"] = None
from distributed.cli.dask_worker import main
main()
"""
"""A worker that cannot import us."""


def needed_dask() -> Any:
    """Skips where it is not, unless the environment says that it has to be there."""
    try:
        import distributed
    except ImportError:
        if "dask" in os.environ.get("BROWNOUT_REQUIRES", "").split(","):
            pytest.fail("distributed is not there, and has to be")
        pytest.skip("needs distributed")
    return distributed


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of one with two workers, on loopback."""
    distributed = needed_dask()
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as made:
        yield made.scheduler_address


def todo(seeds: int = 2, backend: Any = "sim") -> list[Job]:
    return jobs([STORM, CALM], [PATIENT, HASTY], range(seeds), backend, 1.0)


def here(todo: list[Job]) -> dict[str, str]:
    """Key -> the cell and its tables, to the last digit, as one process has them."""
    return {job.key: repr(played) for job, played in run(todo)}


def there(todo: list[Job], cluster: str) -> dict[str, str]:
    with given(cluster) as executor:
        return {job.key: repr(played) for job, played in run(todo, executor=executor)}


@pytest.mark.parametrize("backend", ["sim", "virtual", "virtual-blocking"])
def test_it_comes_to_the_same(backend: str, cluster: str) -> None:
    """To the last digit, the real SDK in virtual time too, beside the threads of a worker of Dask's."""
    assert there(todo(1, backend), cluster) == here(todo(1, backend))


def test_the_same_file(tmp_path: Path, cluster: str) -> None:
    """Byte by byte, but for when it was made."""
    plan = tiny.plan(tmp_path)
    with given(cluster) as executor:
        over = run_plan(plan, executor=executor).file
    alone = run_plan(plan).file
    for name, file in (("over", over), ("alone", alone)):
        file.model_copy(update={"created": ""}).save(tmp_path / name)
    assert (tmp_path / "over").read_bytes() == (tmp_path / "alone").read_bytes()


def test_the_python_of_the_page_runs(cluster: str) -> None:
    page = (Path(__file__).parents[2] / "docs/sweeps.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    exec(compile(example.replace("tcp://host:8786", cluster), "docs/sweeps.md", "exec"), {"__name__": "__main__"})


COMPARE = ("compare", "-s", "storm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml")


def test_the_command_line(tmp_path: Path, cluster: str) -> None:
    """Says the same as without."""
    tiny.write(tmp_path)
    words = (*COMPARE, "--seeds", "6")
    over = brownout(*words, "--cluster", cluster, cwd=tmp_path)
    assert over == brownout(*words, "--workers", "1", cwd=tmp_path)
    assert over.code == 0


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, cluster: str) -> None:
    """And ends at once; what the workers are at is called off."""
    tiny.write(tmp_path)
    command = start(*COMPARE, "--seeds", "2000", "--cluster", cluster, cwd=tmp_path)
    log = tmp_path / "out" / f"{FILE_NAME}-wal"
    until(lambda: log.exists() and log.stat().st_size > 100_000)
    command.send_signal(signal.SIGINT)
    _, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 130, err
    assert " of 4000 runs are kept. Go on with: brownout compare" in err
    assert err.endswith("Interrupted.\n")
    assert "Traceback" not in err


def test_tune_finds_the_same(cluster: str) -> None:
    """Candidates, curves and the comparison at the end."""

    def found(**where: Any) -> Any:
        return api.tune("guide", ["stall-mid-stream"], open=["timeouts.read"], seeds=2, batches=1, sample=0.01, **where)

    over, alone = found(cluster=cluster), found()
    assert over.text == alone.text
    assert over.results.file.model_copy(update={"created": ""}) == alone.results.file.model_copy(update={"created": ""})


def test_workers_without_brownout(cluster: str) -> None:
    """The error says what has to be there."""
    with subprocess.Popen(
        [sys.executable, "-c", STRANGER, cluster, "--no-nanny", "--no-dashboard"], stderr=subprocess.PIPE, text=True
    ) as worker:
        try:
            assert worker.stderr is not None
            next(line for line in worker.stderr if "Registered to" in line)
            with pytest.raises(ClusterError, match="Brownout has to be installed where the workers are"):
                there(todo(), cluster)
        finally:
            worker.kill()
            worker.communicate()


def test_a_killed_worker_costs_nothing(cluster: str) -> None:
    """Dask begins another, and plays again what it was at."""
    found: dict[str, str] = {}
    with given(cluster) as executor:
        assert executor is not None
        for job, played in run(todo(20), executor=executor):
            if not found:
                os.kill(executor.submit(os.getpid).result(), signal.SIGKILL)
            found[job.key] = repr(played)
    assert found == here(todo(20))


def deadly(folder: Path) -> Job:
    """A cell that kills whoever plays it. Its class goes along by value, as workers know nothing of tests."""
    tries = str(folder / "tries")

    class Deadly(Job):
        def play(self) -> Any:
            with Path(tries).open("a", encoding="utf-8") as file:
                file.write("x")
            os.kill(os.getpid(), signal.SIGKILL)

    return Deadly(STORM, HASTY, 1, "sim", 1.0)


def test_a_cell_that_kills_every_worker_is_named_and_costs_no_other(tmp_path: Path, cluster: str) -> None:
    """The same, whoever's processes they are."""
    found: dict[str, str] = {}

    def play_all() -> None:
        with given(cluster) as executor:
            for job, played in run([*todo(2), deadly(tmp_path), *todo(2)], executor=executor):
                found[job.key] = repr(played)

    with pytest.raises(WorkersDied, match="storm with hasty, seed 1") as raised:
        play_all()
    assert len(raised.value.jobs) == 1
    assert (tmp_path / "tries").read_text(encoding="utf-8") == "xxx"
    assert found == here(todo(2))


def test_nobody_listens() -> None:
    """One clear error, within seconds."""
    needed_dask()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(ClusterError, match="no Dask scheduler has answered within 5 s"):
        there(todo(), f"tcp://127.0.0.1:{port}")
    assert time.monotonic() - began < 20


def test_no_address() -> None:
    needed_dask()
    with pytest.raises(ClusterError, match=r"^nonsense://x: "):
        there(todo(), "nonsense://x")


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"a cluster needs Dask: pip install 'brownout\[dask\]'"):
        there(todo(), "tcp://127.0.0.1:1")


def test_other_versions(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures made with other libraries are others."""
    monkeypatch.setattr("brownout.harness.workers.guarded.environment", lambda: {"simpy": "0.1"})
    with pytest.raises(ClusterError, match=r"versions do not match: worker tcp://.*simpy .* \(here 0\.1\)"):
        there(todo(), cluster)


@pytest.mark.parametrize(("required", "ends"), [("dask,npm", pytest.fail.Exception), ("npm", pytest.skip.Exception)])
def test_what_is_missing(required: str, ends: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tests are skipped, or fail where the environment says that it has to be there."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setenv("BROWNOUT_REQUIRES", required)
    with pytest.raises(ends, match="distributed"):
        needed_dask()


def test_an_executor_of_ones_own_is_left_to_its_owner() -> None:
    with ThreadPoolExecutor(2) as threads:
        with given(threads) as executor:
            assert len([*run(todo(1), executor=executor)]) == 4
        assert threads.submit(int).result() == 0
