"""Results as data frames: tidy, typed, and with NaN for what has no meaning and infinity for what never happens."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from brownout.harness import cells, frames, tables
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.frames import Results
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import METRICS
from brownout.harness.results import RunFile, RunFileError
from brownout.harness.run import run as play
from brownout.harness.scenario import Scenario
from brownout.harness.store import FILE_NAME, Store, StoreError

from . import tiny
from .metrics.ledgers import see

STORM = """\
name: storm
workload: {clients: 2, arrivals: {kind: poisson, rate: 1/s}, calls: {deadline: 5s, stream: 50%}}
timeline:
  - {for: 5s}
  - {for: 10s, faults: [{kind: rate_limit}]}
  - {for: 5s}
"""
CALM = """\
name: calm
workload: {clients: 1, arrivals: {kind: steady, rate: 1/s}, calls: {deadline: 60s}}
timeline:
  - {for: 10s}
"""
SCENARIOS = [loads(STORM, Scenario), loads(CALM, Scenario)]
CLIENTS = [
    loads(f"name: {name}\nlayers: [sdk: {{max_retries: {n}}}]\n", Client) for name, n in (("bare", 0), ("twice", 2))
]


@pytest.fixture(scope="module")
def results() -> Results:
    """Two scenarios, two clients, two seeds."""
    played = [cells.play(job) for job in cells.jobs(SCENARIOS, CLIENTS, [1, 2], "sim", 1.0)]
    file = RunFile.model_construct(cells=[each.cell for each in played], verdict="It depends.")
    return Results(file, played)


def test_the_verdict_is_that_of_the_file(results: Results) -> None:
    """In a sentence."""
    assert results.verdict == "It depends."


def test_metrics_are_one_row_each(results: Results) -> None:
    """Eight runs by every metric, whether it has a value or a reason why not."""
    frame = results.metrics()
    assert list(frame) == ["scenario", "client", "seed", "metric", "value", "absent"]
    assert len(frame) == 8 * len(METRICS)
    assert not frame.duplicated(["scenario", "client", "seed", "metric"]).any()
    assert frame["value"].dtype == np.float64
    assert frame["seed"].dtype == np.int64


def test_absent_is_nan_with_a_reason_and_never_is_infinite(results: Results) -> None:
    """The two are not the same: no retries to judge, and a p99 that nobody waited out."""
    frame = results.metrics()
    assert (frame["value"].isna() == (frame["absent"] != "")).all()
    by_run = frame.set_index(["scenario", "client", "seed", "metric"])
    assert by_run.loc[("calm", "bare", 1, "retry_success"), "absent"] == "no call was retried"
    assert np.isnan(by_run["value"].loc["calm", "bare", 1, "retry_success"])
    assert by_run.loc[("storm", "bare", 1, "p99(latency)"), "value"] == math.inf


@pytest.mark.parametrize(("which", "columns"), [("calls", tables.CALLS), ("attempts", tables.ATTEMPTS)])
def test_calls_and_requests_are_one_row_each(results: Results, which: str, columns: dict[str, str]) -> None:
    """As many as the cells count, with the documented columns after those that name the run."""
    frame: pd.DataFrame = getattr(results, which)()
    assert list(frame) == ["scenario", "client", "seed", *columns]
    assert len(frame) == sum(getattr(cell, which) for cell in results.file.cells)
    key = ["scenario", "client", "seed", "client_number", "call"]
    assert not frame.duplicated(key if which == "calls" else [*key, "attempt", "branch"]).any()
    counted = frame.groupby(["scenario", "client", "seed"], observed=True).size()
    assert counted.to_dict() == {(c.scenario, c.client, c.seed): getattr(c, which) for c in results.file.cells}


def test_columns_have_types_to_compute_with(results: Results) -> None:
    """Few texts are categories, truth is truth, counts whole, the rest floats; no column holds objects."""
    for frame in (results.calls(), results.attempts()):
        assert not [name for name in frame if frame[name].dtype == object]
        for name in ("scenario", "client", "outcome"):
            assert isinstance(frame[name].dtype, pd.CategoricalDtype)
    calls = results.calls()
    assert calls["good"].dtype == calls["stream"].dtype == np.bool_
    assert calls["attempts"].dtype.kind == calls["seed"].dtype.kind == "i"
    assert calls["latency"].dtype == calls["status"].dtype == np.float64


def test_a_call_without_an_answer_waited_for_ever(results: Results) -> None:
    """Infinite, so that quantiles over frames are as honest as those of reports; what plain calls have not is NaN."""
    calls = results.calls()
    assert (np.isinf(calls["latency"]) == (calls["outcome"] != "ok")).all()
    assert (calls["ttft"].isna() == ~calls["stream"]).all()
    assert (calls["shown"].isna() == ~calls["stream"]).all()


def test_a_run_without_requests_changes_no_types(results: Results) -> None:
    """A breaker that refused everything leaves an empty table, and the columns of the others are as they were."""
    one = results._played[0]
    nothing = replace(one, attempts=tables.pack(tables.attempts(see(Ledger()))))
    alone = Results(RunFile.model_construct(cells=[nothing.cell]), [nothing]).attempts()
    both = Results(RunFile.model_construct(cells=[one.cell, nothing.cell]), [one, nothing]).attempts()
    usual = results.attempts()
    assert list(alone) == list(usual)
    assert len(alone) == 0
    assert len(both) == one.cell.attempts
    for name in usual:
        assert both[name].dtype.kind == usual[name].dtype.kind, name


def test_results_need_pandas_only_for_frames() -> None:
    """Its import takes longer than many a run."""
    code = "import sys, brownout.harness.frames; print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    """It says which file is not there."""
    with pytest.raises(RunFileError, match=r"run\.json"):
        frames.load(tmp_path)


def test_what_a_run_wrote_is_loaded(tmp_path: Path) -> None:
    """The frames of the file and the store are those of the run; a cell that the store has not is an error."""
    (tmp_path / "tiny").mkdir()
    results = play(tiny.plan(tmp_path / "tiny", seeds=2))
    with Store(tmp_path / FILE_NAME, is_new=True) as store:
        for played in results._played:
            store.put(played)
    results.file.save(tmp_path / frames.RUN_FILE)
    found = frames.load(tmp_path)
    pd.testing.assert_frame_equal(found.calls(), results.calls())
    pd.testing.assert_frame_equal(found.attempts(), results.attempts())
    pd.testing.assert_frame_equal(found.metrics(), results.metrics())
    first, *others = results.file.cells
    cells = [first.model_copy(update={"key": "another"}), *others]
    results.file.model_copy(update={"cells": cells}).save(tmp_path / frames.RUN_FILE)
    with pytest.raises(StoreError, match="another"):
        frames.load(tmp_path)
