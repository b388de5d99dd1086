"""`brownout report`: what is printed, what is written, and what is refused; and `--format` of the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brownout.cli.options import FORMATS_HELP
from brownout.harness import record_files
from brownout.harness.results import RunFile, load
from brownout.harness.run import run as play
from brownout.reports.formats import named, names
from brownout.reports.report import Report

from ..harness import tiny
from .command import Here

WORDS = ("compare", "-s", "storm.yaml", "-s", "calm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml", "--workers", "1")
RUN = "out/run.json"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunFile]:
    """A run, and the same by scenario."""
    plan = tiny.plan(tmp_path_factory.mktemp("tiny"))
    first, second = (replace(plan, scenarios=plan.scenarios[n : n + 1]) for n in (0, 1))
    return {name: play(part).file for name, part in (("out", plan), ("a", first), ("b", second))}


@pytest.fixture
def here(here: Here, files: dict[str, RunFile]) -> Here:
    """With the run in `out`, and its shards in `a` and `b`."""
    for name, file in files.items():
        file.save(Path(name) / "run.json")
    return here


def test_without_a_format_it_is_the_console_report(here: Here) -> None:
    """Of a file, or of the folder that it is in."""
    said = here("report", RUN)
    assert (said.code, said.err) == (0, "")
    assert said.out.replace("\n", " ").startswith(load(Path(RUN)).verdict)
    assert here("report", "out") == here("report", RUN, "--format", "console") == said


@pytest.mark.parametrize("name", ["markdown", "html", "junit", "csv", "openmetrics", "json"])
def test_one_format_of_text_is_printed(name: str, here: Here) -> None:
    """To the letter, for a pipe; nothing is written."""
    before = sorted(Path().rglob("*"))
    said = here("report", RUN, "--format", name)
    assert (said.code, said.err) == (0, "")
    rendered = named(name).render(Report(load(Path(RUN))))
    assert said.out == rendered
    assert sorted(Path().rglob("*")) == before


EVIL = "a\x1b]0;x\x07b\x1b[31m\x9b2Jc\td"


@pytest.mark.parametrize("name", ["markdown", "csv", "openmetrics"])
@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_obeys_nothing_that_is_printed(
    name: str, is_terminal: bool, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line ends and tabs are all that is left there of what cannot be seen; for a pipe it is exact."""

    def render(report: Report) -> str:
        return f"{EVIL}\n{report.run.created}\n"

    monkeypatch.setattr(named(name), "render", render)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    said = here("report", RUN, "--format", name)
    first, _ = said.out.splitlines() if is_terminal else said.out.rstrip("\n").split("\n")
    assert first == ("a ]0;x b [31m 2Jc\td" if is_terminal else EVIL)
    assert here("report", RUN, "--format", name, "--out", "made").code == 0
    assert Path("made", named(name).FILE_NAME).read_text(encoding="utf-8").startswith(EVIL)


def test_a_folder_takes_several(here: Here) -> None:
    """Each under its name, once, and no run.json, which might be that of a shard."""
    words = ["--format", "csv", "--format", "parquet", "--format", "svg", "--format", "csv"]
    said = here("report", RUN, *words, "--out", "new/there")
    assert (said.code, said.err) == (0, "")
    assert said.out == "Wrote new/there/report.csv\nWrote new/there/report.parquet\nWrote new/there/charts-svg\n"
    found = sorted(path.name for path in Path("new/there").iterdir())
    assert found == ["charts-svg", "report.csv", "report.parquet"]
    with Path("new/there/report.csv").open(newline="", encoding="utf-8") as file:
        assert file.read() == here("report", RUN, "--format", "csv").out
    assert here("report", RUN, "--out", "text").out == "Wrote text/report.txt\n"


@pytest.mark.parametrize(
    ("formats", "complaint"),
    [
        (["csv", "html"], "2 formats at once need a folder: add --out DIR"),
        (["parquet"], "parquet is bytes, and not for a terminal: add --out DIR"),
        (["svg"], "svg is a folder of files, and not for a terminal: add --out DIR"),
        (["cvs"], 'there is no format "cvs", did you mean "csv"?'),
    ],
)
def test_what_cannot_be_printed(formats: list[str], complaint: str, here: Here) -> None:
    """A usage error that says what to add."""
    said = here("report", RUN, *(word for name in formats for word in ("--format", name)))
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def test_shards_are_joined(here: Here) -> None:
    """To the report of the whole: every figure of it."""
    said = here("report", "a", "b", "--format", "csv")
    assert said.code == 0
    assert said == here("report", RUN, "--format", "csv")


def test_a_joined_run_is_one(here: Here) -> None:
    """As JSON it can be reported on again."""
    assert here("report", "a", "b", "--format", "json", "--out", "joined").code == 0
    assert here("report", "joined/report.json", "--format", "csv") == here("report", RUN, "--format", "csv")


def test_what_is_no_part_of_one_run(here: Here) -> None:
    """Exit code 2, and what differs."""
    assert here(*WORDS, "--seeds", "2", "--out", "other").code == 0
    said = here("report", RUN, "other")
    assert (said.code, said.out) == (2, "")
    assert said.err == "these runs are no parts of one: seeds differs: [1, 2, 3] and [1, 2]\n"


def test_every_problem_of_every_file_is_told(here: Here) -> None:
    """At once."""
    Path("broken.json").write_text("{", encoding="utf-8")
    Path("old.json").write_text('{"schema_version": 1}', encoding="utf-8")
    said = here("report", RUN, "nothing.json", "broken.json", "old.json")
    assert (said.code, said.out) == (2, "")
    missing, broken, old = said.err.splitlines()
    assert missing == "nothing.json: no such file or directory"
    assert broken.startswith("broken.json: not JSON: ")
    assert old.startswith("old.json: expected schema_version ")


def test_one_chart(here: Here) -> None:
    """As text it is printed, as pixels written; a name that there is not is met with one that there is."""
    said = here("report", RUN, "--chart", "storm-course")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("<svg ")
    words = ("report", RUN, "--chart", "storm-course", "--format", "png")
    assert "png is bytes, and not for a terminal: add --out DIR" in here(*words).err
    assert here(*words, "--format", "svg", "--out", "drawn").code == 0
    assert Path("drawn/storm-course.svg").read_text(encoding="utf-8") == said.out
    assert Path("drawn/storm-course.png").read_bytes().startswith(b"\x89PNG")
    typo = here("report", RUN, "--chart", "storm-cuorse")
    assert (typo.code, typo.out) == (2, "")
    assert 'no chart is called "storm-cuorse", did you mean "storm-course"?' in typo.err
    assert '; known: "calm-costs", "calm-course"' in here("report", RUN, "--chart", "xyz").err
    assert "--chart is drawn as svg or png, not as csv" in here("report", RUN, "--chart", "x", "--format", "csv").err


def test_a_run_writes_the_formats_asked_for(here: Here) -> None:
    """Besides the truth, and nothing else."""
    said = here(*WORDS, "--seeds", "1", "--out", "some", "--format", "junit", "--format", "console")
    assert said.code == 0
    assert said.out.endswith("\nWrote some/run.json\nWrote some/report.junit.xml\nWrote some/report.txt\n")
    written = {"run.json", "cells.sqlite", "report.junit.xml", "report.txt"}
    assert {path.name for path in Path("some").iterdir()} == written
    assert 'there is no format "junti", did you mean "junit"?' in here("run", "-s", "calm", "--format", "junti").err


def test_what_is_missing_is_told_before_anything_is_played(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that brings it."""

    def nothing(name: str) -> None:
        return None

    monkeypatch.setattr(record_files, "find_spec", nothing)
    for words in ((*WORDS, "--out", "some", "--format", "parquet"), ("report", RUN, "--format", "parquet")):
        said = here(*words)
        assert (said.code, said.out) == (2, "")
        assert "Parquet needs pyarrow: pip install 'brownout[parquet]'" in said.err
    assert not Path("some").exists()


def test_the_help_names_every_format() -> None:
    """It is written by hand, for nothing is imported to show it."""
    assert [each for each in names() if each not in FORMATS_HELP] == []


def test_a_folder_of_alerts_is_told_as_that(here: Here) -> None:
    """Its reports are there already; one that has a run as well is that run's."""
    Path("al").mkdir()
    Path("al/alerts.json").write_text("{}", encoding="utf-8")
    told = "of `brownout alerts`, and no run: al/report.md and al/report.html are its reports, and there is no other"
    for path in ("al", "al/alerts.json"):
        assert here("report", path) == (2, "", f"{path}: {told} format\n")
    Path("al/run.json").write_text("{}", encoding="utf-8")
    assert here("report", "al").err.startswith("al/run.json: ")
