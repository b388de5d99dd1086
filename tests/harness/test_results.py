"""`run.json`: whole, exact, versioned."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from brownout.harness.compare import compare
from pydantic import ValidationError

from brownout.harness.results import SCHEMA_VERSION, Cell, Estimate, RunFile, RunFileError, load

from . import tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFile:
    """A comparison in which some quantiles are infinite."""
    return compare(tiny.plan(tmp_path_factory.mktemp("tiny")))


def test_round_trip(run: RunFile, tmp_path: Path) -> None:
    """What is loaded equals what was saved, to the last digit."""
    path = tmp_path / "deep" / "run.json"
    run.save(path)
    assert load(path) == run
    again = tmp_path / "again.json"
    load(path).save(again)
    assert again.read_bytes() == path.read_bytes()


def test_saving_leaves_nothing_else(run: RunFile, tmp_path: Path) -> None:
    """The file appears whole, in place of an older one, and nothing stays beside it."""
    path = tmp_path / "run.json"
    path.write_text("older", encoding="utf-8")
    run.save(path)
    assert list(tmp_path.iterdir()) == [path]
    assert json.loads(path.read_text(encoding="utf-8"))["schema_version"] == SCHEMA_VERSION


def test_null_means_infinite(run: RunFile, tmp_path: Path) -> None:
    """A quantile that too few calls reached is `null` in the file and None in Python; JSON has no infinity."""
    run.save(tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    hasty = [cell for cell in data["cells"] if (cell["scenario"], cell["client"]) == ("calm", "hasty")]
    assert [cell["metrics"]["p50"] for cell in hasty] == [None] * 3
    [row] = [row for row in data["rows"] if (row["scenario"], row["client"]) == ("calm", "hasty")]
    assert row["metrics"]["p50"] == {"value": None, "low": None, "high": None}


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_no_figure_is_infinite_by_accident(value: float) -> None:
    """Infinity has one spelling; whoever forgets it hears of it at once, not when a report looks odd."""
    with pytest.raises(ValidationError, match="finite"):
        Estimate(value=value)


def test_rows_are_sums_of_cells(run: RunFile) -> None:
    """Calls in the rows are those in the cells, none lost."""
    for row in run.rows:
        cells = [c for c in run.cells if (c.scenario, c.client) == (row.scenario, row.client)]
        assert len(cells) == len(run.seeds)
        assert sum(row.outcomes.values()) == sum(cell.calls for cell in cells)


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


def replaced(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update(fields)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (replaced(schema_version=2), "run.json: expected schema_version 1, got 2"),
        (replaced(schema_version="1"), "run.json: expected schema_version 1, got '1'"),
        (without("schema_version"), "run.json: expected schema_version 1, got None"),
        (without("verdict"), "run.json: verdict: Field required"),
        (replaced(verdict=3), "run.json: verdict: Input should be a valid string"),
        (replaced(extra=1), "run.json: extra: Extra inputs are not permitted"),
        (replaced(sample=float("inf")), "run.json: sample: Input should be a finite number"),
        (
            lambda data: data["cells"][1].update(calls="many"),
            "run.json: cells.1.calls: Input should be a valid integer",
        ),
        (lambda data: data["rows"][0]["metrics"]["p95"].pop("value"), "run.json: rows.0.metrics.p95.value: Field requ"),
    ],
)
def test_a_broken_file_says_where(
    run: RunFile,
    change: Callable[[dict[str, Any]], None],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line: the file, the place in it, what is wrong."""
    monkeypatch.chdir(tmp_path)
    data = json.loads(run.model_dump_json())
    change(data)
    Path("run.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(RunFileError) as caught:
        load(Path("run.json"))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "run.json: not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b'{"schema_version": 1,', "run.json: not JSON: Expecting property name enclosed in double quotes: line 1"),
        (b"\xff\xfe", "run.json: not JSON: 'utf-8' codec can't decode byte 0xff in position 0"),
        (b"[]", "run.json: expected schema_version 1, got None"),
        (b"[" * 100_000, "run.json: not JSON: "),
        (None, "run.json: no such file or directory"),
    ],
    ids=["empty", "cut off", "not text", "a list", "deep", "absent"],
)
def test_what_is_no_run_file(
    content: bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the file holds, the error is ours."""
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("run.json").write_bytes(content)
    with pytest.raises(RunFileError) as caught:
        load(Path("run.json"))
    assert str(caught.value).startswith(message)


def test_results_are_frozen(run: RunFile) -> None:
    """A report cannot change what it reports."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(run.cells[0], "calls", 0)  # noqa: B010 - a plain assignment is what type checkers refuse
    assert isinstance(run.cells[0], Cell)
