"""What GitHub is told, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.commands.annotations import MOST, annotate_problems, error

from ..harness import tiny
from .command import Here

ALONE = ("--workers", "1")


@pytest.fixture
def github(here: Here, monkeypatch: pytest.MonkeyPatch) -> Here:
    """The runner listens; the step works in a folder of the checkout."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd().parent))
    return here


def test_signs_that_would_end_a_value() -> None:
    """As GitHub's own toolkit writes them; in a message a comma is a comma."""
    assert error("50%\r\nof a: b, c", title="a: b, c%") == "::error title=a%3A b%2C c%25::50%25%0D%0Aof a: b, c"
    assert error("all") == "::error::all"


def test_errors_in_files(github: Here) -> None:
    """At their lines, found from the root of the checkout; after what is said anyway."""
    Path("storm.yaml").write_text("name: storm\nabout: 3%, or less\nfoo: 1\n", encoding="utf-8")
    said = github("run", "-s", "storm.yaml", "-c", "nobody")
    plain = [line for line in said.err.splitlines() if not line.startswith("::")]
    shown = [line for line in said.err.splitlines() if line.startswith("::")]
    assert (said.code, len(shown)) == (2, len(plain))
    assert any(line.startswith("storm.yaml:3:1: ") for line in plain)
    assert any(line.startswith(f"::error file={Path.cwd().name}/storm.yaml,line=3,col=1::") for line in shown)
    assert shown[-1].startswith("::error::")


def test_not_for_others(here: Here) -> None:
    Path("storm.yaml").write_text("name: 3\n", encoding="utf-8")
    assert "::error" not in here("run", "-s", "storm.yaml").err


def test_no_more_than_are_shown(github: Here, capsys: pytest.CaptureFixture[str]) -> None:
    """The last one counts the rest."""
    for count, last in ((MOST, "::error file=a.yaml,line=9::wrong"), (13, "::error title=More errors::And 4 more.")):
        annotate_problems("\n".join(f"a.yaml:{line}: wrong" for line in range(count)))
        shown = capsys.readouterr().err.splitlines()
        assert len(shown) == MOST
        assert shown[-1].replace(f"{Path.cwd().name}/", "") == last


def test_missed_objectives(github: Here) -> None:
    tiny.objectives(Path(), tiny.MISSED)
    said = github("run", "-s", "storm.yaml", "-c", "patient.yaml", "--seeds", "3", *ALONE)
    assert said.code == 99
    assert len(said.err.splitlines()) == 2
    assert "::error title=Objective missed::p95(latency) never, asked <= 60s (storm, patient)" in said.err.splitlines()


def test_changes_for_the_worse(github: Here) -> None:
    """And a client that another one beats, at its gate."""
    words = ("compare", "-s", "storm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml", "--seeds", "8", *ALONE)
    words = (*words, "--baseline", "b.json", "--fail-if", "goodput worse 2 points")
    assert github(*words).err == ""
    Path("patient.yaml").write_text(tiny.PATIENT.replace("total: 60s", "total: 1s"), encoding="utf-8")
    said = github(*words, "--gate", "hasty")
    worse, gate = said.err.splitlines()
    assert said.code == 99
    assert worse.startswith("::error title=Worse than the baseline::goodput of patient in storm is ")
    assert gate.startswith("::error title=Gate missed::hasty: patient is surely better, by ")
