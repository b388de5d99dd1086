"""`run.json`: whole, exact, versioned."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from brownout.harness.part import Estimate
from brownout.harness.results import SCHEMA_VERSION, Cell, RunFile, RunFileError, load, schema
from brownout.harness.run import run as play

from . import tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFile:
    """A comparison in which some quantiles are infinite."""
    return play(tiny.plan(tmp_path_factory.mktemp("tiny"), seeds=6)).file


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


def test_a_disk_that_refuses_leaves_the_older_file(
    run: RunFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing beside it."""
    path = tmp_path / "run.json"
    path.write_text("older", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        run.save(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text(encoding="utf-8") == "older"


def test_infinity_has_a_word(run: RunFile, tmp_path: Path) -> None:
    """A quantile that too few calls reached is `"Infinity"` in the file: JSON itself has no such number."""
    run.save(tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    hasty = [cell for cell in data["cells"] if (cell["scenario"], cell["client"]) == ("calm", "hasty")]
    assert [cell["metrics"]["p50(latency)"] for cell in hasty] == ["Infinity"] * 6
    [row] = [row for row in load(tmp_path / "run.json").rows if (row.scenario, row.client) == ("calm", "hasty")]
    assert row.metrics["p50(latency)"].value == math.inf


def test_nothing_is_not_a_number() -> None:
    """Whoever computes one hears of it at once, not when a report looks odd."""
    with pytest.raises(ValidationError, match="not a number"):
        Estimate(value=math.nan)


def fits(value: Any, wanted: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is valid under a JSON Schema, as far as ours go; a keyword not known here is an error."""
    known = {"$ref", "$defs", "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum"}
    known |= {"minItems", "minimum", "maximum", "exclusiveMinimum"}
    assert wanted.keys() <= known | {"const", "title", "description", "default"}, wanted.keys()
    if "$ref" in wanted and not fits(value, whole["$defs"][wanted["$ref"].rpartition("/")[2]], whole):
        return False
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    kind = wanted.get("type")
    if kind == "null":
        return value is None
    if kind and (not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    if isinstance(value, dict):
        properties, others = wanted.get("properties", {}), wanted.get("additionalProperties", True)
        for name, each in value.items():
            rule = properties.get(name, others)
            if rule is False or (rule is not True and not fits(each, rule, whole)):
                return False
        if not all(name in value for name in wanted.get("required", ())):
            return False
    if isinstance(value, list) and not all(fits(each, wanted.get("items", {}), whole) for each in value):
        return False
    if "anyOf" in wanted and not any(fits(value, each, whole) for each in wanted["anyOf"]):
        return False
    return value in wanted.get("enum", [value]) and value == wanted.get("const", value)


def test_what_is_written_is_what_is_published(run: RunFile, tmp_path: Path) -> None:
    """The schema takes a file as it is, and none with a figure, a field or a word of another kind."""
    run.save(tmp_path / "run.json")
    published = schema()
    data = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert fits(data, published, published)
    assert data.keys() == published["properties"].keys()
    for change in (
        replaced(schema_version=1),
        replaced(backend="real"),
        replaced(sample="Infinity"),
        replaced(more=1),
        without("verdict"),
        lambda data: data["rows"][0]["metrics"]["goodput"].update(value="NaN"),
        lambda data: data["rows"][0]["metrics"]["goodput"].update(value=None),
        lambda data: data["cells"][0].update(calls=1.5),
    ):
        broken = copy.deepcopy(data)
        change(broken)
        assert not fits(broken, published, published)


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
        (replaced(schema_version=1), "run.json: expected schema_version 3, got 1"),
        (replaced(schema_version="3"), "run.json: expected schema_version 3, got '3'"),
        (without("schema_version"), "run.json: expected schema_version 3, got None"),
        (without("verdict"), "run.json: verdict: Field required"),
        (replaced(verdict=3), "run.json: verdict: Input should be a valid string"),
        (replaced(extra=1), "run.json: extra: Extra inputs are not permitted"),
        (replaced(sample=float("inf")), "run.json: sample: Input should be a finite number"),
        (
            lambda data: data["cells"][1].update(calls="many"),
            "run.json: cells.1.calls: Input should be a valid integer",
        ),
        (
            lambda data: data["rows"][0]["metrics"]["goodput"].pop("value"),
            "run.json: rows.0.metrics.goodput.value: Field",
        ),
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
        (b'{"schema_version": 3,', "run.json: not JSON: Expecting property name enclosed in double quotes: line 1"),
        (b"\xff\xfe", "run.json: not JSON: 'utf-8' codec can't decode byte 0xff in position 0"),
        (b"[]", "run.json: expected schema_version 3, got None"),
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
