"""`--lean` and `--records`: what they write, how they go on, and what they do not go with."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from brownout.harness import lean, plan
from brownout.harness.results import load

from ..harness import tiny
from .command import Here

ALONE = ("--workers", "1")
RUN = ("compare", "-s", "storm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml", "--seeds", "2", *ALONE)


def test_the_same_verdict(here: Here) -> None:
    """In the same words but for the notes; the command that makes the report again is lean, too."""
    whole = here(*RUN)
    found = here(*RUN, "--lean", "--out", "lean")
    assert (found.code, found.err) == (0, "")
    assert "Note: Lean: figures are of all calls" in found.out
    assert found.out.splitlines()[0] == whole.out.splitlines()[0]
    run = load(Path("lean/run.json"))
    assert shlex.split(run.command)[-1] == "--lean"
    _, *again = shlex.split(run.command)
    assert here(*again, *ALONE, "--out", "lean").out == found.out
    assert load(Path("lean/run.json")).cells == run.cells


def test_the_report_says_where_it_shows_a_sample(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the notes, and at the call that is shown; a command that would keep every record is not given."""
    monkeypatch.setattr(lean, "play", partial(lean.play, most=25))
    found = here(*RUN, "--lean")
    first, *_ = cells = load(Path("out/run.json")).cells
    calls = sum(cell.calls for cell in cells)
    assert f"Calls that are shown one by one come from a sample of 100 of {calls:,}." in " ".join(found.out.split())
    for text in (here("report", "out", "--format", "markdown").out, Path("out/report.html").read_text("utf-8")):
        assert f"It was chosen from a sample of 25 of {first.calls} calls." in text
        assert "--explain" not in text
        assert "--lean" in text


def test_records_of_a_run_that_goes_on(here: Here) -> None:
    """Files of every cell, below the folder; what is not there yet is written by `--resume`."""
    assert here(*RUN, "--lean").code == 0
    found = here(*RUN, "--lean", "--resume", "--records", "records")
    assert (found.code, found.err) == (0, "")
    files = sorted(path.relative_to("records").as_posix() for path in Path("records").rglob("*") if path.is_file())
    assert files == [
        f"{table}/storm/{client}/{seed}.parquet"
        for table in ("attempts", "calls") for client in ("hasty", "patient") for seed in (1, 2)
    ]  # fmt: skip
    assert len(pd.read_parquet("records/calls")) == sum(cell.calls for cell in load(Path("out/run.json")).cells)


def test_a_folder_that_cannot_be_written_to(here: Here) -> None:
    """Before anything is played."""
    found = here(*RUN, "--records", "storm.yaml/records")
    assert (found.code, found.out) == (2, "")
    assert found.err == "Error: cannot write to storm.yaml/records: not a directory\n"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (
            ("--lean", "--backend", "virtual"),
            "--lean: it is for the simulator; backend virtual keeps every record of a run",
        ),
        (("--lean", "--explain", "worst"), "--explain needs every record of a run: leave out --lean"),
    ],
)
def test_what_does_not_go_together(here: Here, words: tuple[str, ...], problem: str) -> None:
    found = here(*RUN, *words)
    assert (found.code, found.err.splitlines()[-1]) == (2, f"Error: {problem}")


def test_a_large_run_is_told_of_it(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, with the largest; not one that is lean already."""
    monkeypatch.setattr(plan, "LARGE", 50)
    assert here(*RUN).err == "A run of storm has about 100 calls, at 2 kB of memory each: see --lean.\n"
    assert here(*RUN, "--lean").err == ""


def test_a_missed_objective_names_no_call(here: Here) -> None:
    """To explain one every record of its run would be kept; the run itself is done again lean."""
    tiny.objectives(Path(), tiny.MISSED)
    found = here("run", "-s", "storm.yaml", "-c", "patient.yaml", "--seeds", "3", *ALONE, "--lean")
    assert found.code == 99
    assert found.out.splitlines()[-1].startswith("Again: brownout run -s storm.yaml")
    assert found.out.splitlines()[-1].endswith("--lean")
