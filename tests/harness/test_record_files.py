"""The records of cells as Parquet: what is in the tables, all of it, and whole files or none."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from brownout.harness import plan as plans
from brownout.harness import tables
from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.frames import Results
from brownout.harness.plan import Plan
from brownout.harness.record_files import RecordFiles, RecordsError
from brownout.harness.run import run
from brownout.harness.scenario import Scenario
from brownout.harness.store import FILE_NAME, Store

from . import tiny

pytest.importorskip("pyarrow")
BY = ["scenario", "client", "seed", "client_number", "call"]


def planned(folder: Path, **more: Any) -> Plan:
    """Both scenarios and clients under two seeds, with their records."""
    tiny.write(folder)
    given = (tiny.scenarios(folder), tiny.clients(folder), (1, 2))
    return Plan(*given, records=folder / "records", **more)


def ordered(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return frame.astype({"scenario": str, "client": str}).sort_values(by).reset_index(drop=True)


def check_alike(folder: Path, found: Results) -> None:
    """Each folder, read as one table, has the rows of the frames."""
    for name, frame, by in (
        ("calls", found.calls(), BY),
        ("attempts", found.attempts(), [*BY, "attempt", "branch"]),
    ):
        written = pd.read_parquet(folder / "records" / name)
        assert list(written) == list(frame)
        pd.testing.assert_frame_equal(
            ordered(written, by), ordered(frame, by), check_dtype=False, check_categorical=False, check_exact=True
        )


@pytest.mark.parametrize("workers", [1, 2])
def test_files_hold_what_the_frames_do(tmp_path: Path, workers: int) -> None:
    """All columns of every call and attempt of all cells, whoever has played them."""
    check_alike(tmp_path, run(planned(tmp_path, workers=workers)))


def test_a_lean_run_writes_all_calls(tmp_path: Path) -> None:
    """Also those that it does not keep."""
    whole = run(planned(tmp_path))
    lean = run(planned(tmp_path, is_lean=True))
    assert len(lean.calls()) == len(whole.calls())
    check_alike(tmp_path, whole)


def test_what_is_missing_is_null_and_for_ever_is_infinite(tmp_path: Path) -> None:
    from pyarrow import parquet

    run(planned(tmp_path))
    calls = parquet.read_table(tmp_path / "records" / "calls").to_pylist()
    assert any(call["status"] is None for call in calls)
    assert any(call["latency"] == math.inf for call in calls)
    assert not any(isinstance(value, float) and math.isnan(value) for call in calls for value in call.values())


def test_files_are_whole_or_not_there(tmp_path: Path) -> None:
    """What was there before stays, and nothing is left of what broke off."""
    files = RecordFiles(tmp_path, "storm", "app.llm:ask/it", 3, "a key")
    seen = _seen()
    of_it = tables.calls(seen), tables.attempts(seen)
    with files.open() as records:
        records.add(*of_it)
    assert files.are_there()
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path).as_posix() for path in before] == [
        "attempts/storm/app.llm%3Aask%2Fit/3.parquet",
        "calls/storm/app.llm%3Aask%2Fit/3.parquet",
    ]
    with pytest.raises(ZeroDivisionError):
        break_off(files)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before
    assert files.are_there()
    assert not RecordFiles(tmp_path, "storm", "app.llm:ask/it", 3, "another key").are_there()
    before[0].write_bytes(b"no Parquet")
    assert not files.are_there()


def break_off(files: RecordFiles) -> None:
    with files.open():
        raise ZeroDivisionError


def _seen() -> Any:
    return Job(loads(tiny.CALM, Scenario), loads(tiny.HASTY, Client), 1, "sim", 1.0).observe()


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    """In one sentence that names it."""
    (tmp_path / "records").write_text("a file", encoding="utf-8")
    with pytest.raises(RecordsError, match=r"^cannot write to .*records.*: (not a directory|file exists)$"):
        run(planned(tmp_path))


def test_a_folder_that_others_write_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a cluster without a common one no records are taken for written."""
    monkeypatch.setattr(RecordFiles, "are_there", lambda self: False)
    expected = "^the records of storm with patient, seed 1, are not in .*records: a cluster needs a folder that"
    with pytest.raises(RecordsError, match=expected):
        run(planned(tmp_path))


def test_a_run_that_goes_on_plays_what_was_not_written(tmp_path: Path) -> None:
    """A cell that is kept and whose files are there is not played again."""
    plan, again = planned(tmp_path), tmp_path / FILE_NAME
    played: list[int] = []
    with Store(again, is_new=True) as store:
        run(plan, store)
        run(plan, store, played.append)
    assert played == [8]
    lost = next((tmp_path / "records" / "attempts").rglob("2.parquet"))
    lost.unlink()
    played.clear()
    with Store(again, is_new=False) as store:
        run(plan, store, played.append)
    assert played == [7, 8]
    assert lost.exists()


def test_without_pyarrow_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "can_write", lambda: False)
    with pytest.raises(ValueError, match=r"^records: Parquet needs pyarrow: pip install 'brownout\[parquet\]'$"):
        planned(tmp_path).check()


def test_only_the_simulator_is_lean(tmp_path: Path) -> None:
    plan = planned(tmp_path, is_lean=True)
    plan.check()
    with pytest.raises(ValueError, match="it is for the simulator; backend virtual keeps every record of a run"):
        planned(tmp_path, is_lean=True, backend="virtual").check()


def test_quantiles_over_runs_are_those_of_all_calls(tmp_path: Path) -> None:
    """Of lean cells from their histograms: pooled values, bounds and curves within the error, all else the same."""
    whole, lean = (run(planned(tmp_path, is_lean=is_lean)).file for is_lean in (False, True))
    for one, other in zip(whole.rows, lean.rows, strict=True):
        assert one.model_copy(update={"metrics": {}, "latencies": []}) == other.model_copy(
            update={"metrics": {}, "latencies": []}
        )
        assert np.allclose(one.latencies, other.latencies, rtol=1e-3, atol=1e-4)
        for name, estimate in one.metrics.items():
            assert estimate.value <= other.metrics[name].value * (1 + 1e-12), name
            assert other.metrics[name].value == pytest.approx(estimate.value, rel=1e-3), name
    assert (whole.lean, lean.lean) == (False, True)
    assert whole.waterfalls == lean.waterfalls
    assert [note for note in lean.notes if note not in whole.notes] == [
        "Lean: figures are of all calls; quantiles may be up to 0.1% too large."
    ]
