"""Traces go to a process once, and not with every cell: with the same results, whoever plays."""

from __future__ import annotations

import os
import pickle
import signal
from array import array
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from brownout.harness.cells import Job, jobs, play
from brownout.harness.client import Client
from brownout.harness.files import load, loads
from brownout.harness.scenario import Scenario
from brownout.harness.workers import Processes, given, parcels, run
from brownout.harness.workers.parcels import KEPT, Missing, keep, opened, packed
from brownout.harness.workers.process import Process
from brownout.harness.workload.traces import Rows

from . import tiny
from .processes import needs_proc

CALLS = 2000
TRACED = """\
name: traced
workload:
  clients: 3
  arrivals: {kind: trace, file: calls.csv, columns: {at: at, input_tokens: given, output_tokens: made}}
  calls: {deadline: 20s}
timeline:
  - {for: 5s, faults: [{kind: overload, share: 20%}]}
  - {for: 5s}
"""


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has no trace of any other test."""
    monkeypatch.setattr(parcels, "_here", {})


@pytest.fixture
def todo(tmp_path: Path) -> list[Job]:
    """Eight cells of one trace, of which ten seconds are played; of its twin without faults it is a part, too."""
    rows = "".join(f"{i / 2},{100 + i % 7},{5 + i % 5}\n" for i in range(CALLS))
    (tmp_path / "calls.csv").write_text(f"at,given,made\n{rows}", encoding="utf-8")
    (tmp_path / "traced.yaml").write_text(TRACED, encoding="utf-8")
    clients = [loads(tiny.PATIENT, Client), loads(tiny.HASTY, Client)]
    return jobs([load(tmp_path / "traced.yaml", Scenario)], clients, range(4), "sim", 1.0)


def cells(finished: Iterator[tuple[Job, object]]) -> dict[str, str]:
    """Key -> the cell and its tables, to the last digit."""
    return {job.key: repr(played) for job, played in finished}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Of each message to a process of ours: the bytes of the work, and how many traces were with it."""
    found: list[tuple[int, int]] = []
    answer = Process._answer

    def counted(self: Process, work: bytes, large: Mapping[str, Rows]) -> object:
        found.append((len(work), len(large)))
        return answer(self, work, large)

    monkeypatch.setattr(Process, "_answer", counted)
    return found


def test_a_trace_is_sent_to_each_process_once(todo: list[Job], sent: list[tuple[int, int]]) -> None:
    """Two processes play eight cells, and no cell brings it along."""
    assert cells(run(todo, 2)) == cells(run(todo, 1))
    assert sum(traces for _, traces in sent) <= 2
    assert max(size for size, _ in sent) < 8 * CALLS < len(pickle.dumps(todo[0]))


def pools() -> Mapping[str, Callable[[], Executor]]:
    return {
        "spawned": lambda: ProcessPoolExecutor(2, get_context("spawn")),
        "threads": lambda: ThreadPoolExecutor(2),
    }


@pytest.mark.parametrize("pool", pools().values(), ids=pools())
def test_any_executor_plays_traces(todo: list[Job], pool: Callable[[], Executor]) -> None:
    """With the same results."""
    expected = cells(run(todo, 1))
    with pool() as others, given(others) as executor:
        assert cells(run(todo, executor=executor)) == expected


def test_what_pickle_cannot_pack_goes_as_it_is() -> None:
    """An executor may know how, and one of threads packs nothing."""
    with ThreadPoolExecutor(1) as others, given(others) as executor:
        assert executor is not None
        assert executor.submit(lambda: 7).result(10) == 7


@needs_proc
def test_a_process_in_the_place_of_another_is_sent_it_again(todo: list[Job], sent: list[tuple[int, int]]) -> None:
    """Nobody has told it."""
    with Processes(1) as processes:
        first = processes.submit(play, todo[0]).result(60)
        [process] = processes._processes
        assert process._process.pid is not None
        os.kill(process._process.pid, signal.SIGKILL)
        assert repr(processes.submit(play, todo[0]).result(60)) == repr(first)
    assert sum(traces for _, traces in sent) == 2


def test_what_is_lacking_is_noticed_before_anything_is_done(todo: list[Job]) -> None:
    """And once it is there, the job is the same."""
    parcel = packed(play, (todo[0],))
    with pytest.raises(Missing):
        opened(parcel.work, {})
    function, (job,) = opened(*parcel)
    assert function is play
    assert (job, job.key) == (todo[0], todo[0].key)
    _, (again,) = opened(parcel.work, {})
    assert again.scenario.workload.arrivals._rows is job.scenario.workload.arrivals._rows


def rows(first: float) -> Rows:
    return Rows(array("d", [first, first + 1.0]), array("q", [1, 2]), None, "0" * 64)


def test_the_last_few_are_kept() -> None:
    """A process that plays many traces does not hold them all; the one that was not asked for longest goes."""
    found = [rows(float(i)) for i in range(KEPT + 1)]
    parcel = packed(print, (found[0],))
    for each in found[:KEPT]:
        keep({each.name: each})
    opened(parcel.work, {})
    keep({found[KEPT].name: found[KEPT]})
    opened(parcel.work, {})
    with pytest.raises(Missing):
        opened(packed(print, (found[1],)).work, {})


def test_rows_are_named_by_all_that_is_in_them() -> None:
    """Equal ones alike, whichever file they come from; where anything differs the name does."""
    one = rows(0.0)
    others = [
        rows(1.0),
        Rows(one.at, None, one.input_tokens, one.sha256),
        Rows(one.at, one.input_tokens, array("q", [1, 2]), one.sha256),
        Rows(one.at, array("q", [2, 1]), None, one.sha256),
        Rows(one.at, one.input_tokens, None, "1" * 64),
    ]
    assert rows(0.0).name == one.name == pickle.loads(pickle.dumps(one)).name
    assert len({each.name for each in (one, *others)}) == len(others) + 1
