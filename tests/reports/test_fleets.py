"""How the parts of a fleet fared is in every report: the same figures, each with its interval."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from brownout.harness.joining import join
from brownout.harness.part import Estimate
from brownout.harness.plan import Plan
from brownout.harness.results import Row, RunFile
from brownout.harness.run import run
from brownout.harness.sources import configuration
from brownout.reports import words
from brownout.reports.formats import formats
from brownout.reports.report import Report
from brownout.reports.table import Table

from ..harness import tiny
from .read_back import READERS

TITLE = "storm: each part of a fleet"
SHOWN = ("goodput", "p50(latency)", "p95(latency)", "amplification")
HEAD = ("member", "client", "clients", "goodput, 95% interval", "points gained, 95% interval")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    tiny.write(folder)
    mixed = "name: mixed\nfleet: [{client: patient.yaml, share: 75%}, {client: hasty.yaml, share: 25%}]\n"
    (folder / "mixed.yaml").write_text(mixed, encoding="utf-8")
    return folder


def played(folder: Path, *names: str, scenarios: slice = slice(0, 1)) -> RunFile:
    clients = [configuration(str(folder / f"{name}.yaml")) for name in names]
    return run(Plan(tiny.scenarios(folder)[scenarios], clients, range(1, 4))).file


@pytest.fixture(scope="module")
def file(folder: Path) -> RunFile:
    """A fleet beside one of its two members."""
    return played(folder, "mixed", "hasty")


def table(file: RunFile) -> Table:
    [found] = [each for each in Report(file).document.tables if each.title == TITLE]
    return found


def row_of(file: RunFile, client: str) -> Row:
    [found] = [row for row in file.rows if row.client == client]
    return found


def test_a_member_stands_above_a_fleet_of_nothing_else(file: RunFile) -> None:
    """Where that was played; of who was not there is the one line."""
    patient, hasty = row_of(file, "mixed").members
    alone = row_of(file, "hasty")

    def figures(metrics: Mapping[str, Estimate], gained: str) -> tuple[str, ...]:
        goodput, *others = (words.with_bounds(name, metrics[name]) for name in SHOWN)
        return goodput, gained, *others

    assert patient.gained is None
    assert hasty.gained is not None
    gained = f"{words.points(hasty.gained.value)} ({words.point_bounds(hasty.gained)})"
    assert table(file).columns[: len(HEAD)] == HEAD
    assert table(file).rows == (
        ("patient", "mixed", "3 of 4", *figures(patient.metrics, "–")),
        ("hasty", "mixed", "1 of 4", *figures(hasty.metrics, gained)),
        ("hasty", "hasty", "4 of 4", *figures(alone.metrics, "–")),
    )
    assert " to " in table(file).rows[0][3]


def test_without_a_fleet_there_is_no_such_table(folder: Path) -> None:
    """Nor in any report of today."""
    found = Report(played(folder, "patient")).document
    assert TITLE not in [each.title for each in found.tables]


@pytest.mark.parametrize("name", ["console", "markdown", "html"])
def test_reports_for_people_have_it(file: RunFile, name: str) -> None:
    """Cell by cell."""
    report = Report(file)
    found = READERS[name](formats()[name].render(report))
    assert found.tables[found.titles.index(TITLE)][1:] == [list(row) for row in table(file).rows]


def test_reports_for_machines_have_it(file: RunFile) -> None:
    """A member is a client that is named after its fleet."""
    text = formats()["csv"].render(Report(file))
    assert isinstance(text, str)
    lines = [line for line in csv.DictReader(io.StringIO(text)) if line["client"] == "mixed/hasty"]
    [_, hasty] = row_of(file, "mixed").members
    assert {line["metric"]: float(line["value"]) for line in lines} == {
        name: hasty.metrics[name].value for name in SHOWN
    }


def test_it_is_kept_and_joined(folder: Path, file: RunFile, tmp_path: Path) -> None:
    """The members of each part are those of the whole, but for what no part has held against each other."""
    apart = table(join([played(folder, name) for name in ("mixed", "hasty")]))
    assert [[cell for i, cell in enumerate(row) if i != 4] for row in apart.rows] == [
        [cell for i, cell in enumerate(row) if i != 4] for row in table(file).rows
    ]
    assert {row[4] for row in apart.rows} == {"–"}
    file.save(tmp_path / "run.json")
    assert RunFile.model_validate_json((tmp_path / "run.json").read_text(encoding="utf-8")) == file
