"""`brownout compare`: what it prints, what it writes, how it ends, and how to do it again."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from brownout.harness.results import RunFile, load

from .command import PROGRAM, Here, Said, brownout

ALONE = ("--workers", "1")
"""In this process: a worker takes longer to start than all of a small comparison."""
WORDS = ("compare", "-s", "storm.yaml", "-s", "calm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml", *ALONE)


def test_what_is_printed_and_written(here: Here) -> None:
    """The verdict first, then tables, then the files; on stderr nothing, as nobody watches a progress bar here."""
    said = here(*WORDS, "--seeds", "3")
    assert (said.code, said.err) == (0, "")
    run = load(Path("out/run.json"))
    assert said.out.replace("\n", " ").startswith(f"{run.verdict} ")
    assert said.out.endswith("\nWrote out/run.json\nWrote out/report.md\nWrote out/report.html\n")
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "cells.sqlite",
        "report.html",
        "report.md",
        "run.json",
    ]


def test_the_same_from_a_shell(here: Here, tmp_path: Path) -> None:
    """A process of its own, with workers, says the same as this one without."""
    said = here(*WORDS, "--seeds", "3")
    assert brownout(*WORDS, "--seeds", "3", "--workers", "2", cwd=tmp_path) == said


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal")
def test_progress_is_for_terminals(here: Here) -> None:
    """On one there is a bar, wiped away when all is done; what is printed stays the same."""
    words = ("compare", "-s", "calm.yaml", "-c", "patient.yaml", "--seeds", "2", *ALONE)
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        done = subprocess.run([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=theirs, text=True, timeout=60)
        os.close(theirs)
        seen = screen.read(1 << 20)
    assert (done.returncode, done.stdout) == here(*words)[:2]
    assert b"Playing" in seen
    assert b"\x1b[?25h" in seen  # the cursor is back


def test_a_losing_client_is_no_error(here: Here) -> None:
    """Comparing is not judging: whoever fails all calls, the command has done its work."""
    assert here("compare", "-s", "calm.yaml", "-c", "hasty.yaml", "--seeds", "1").code == 0


def with_fault(fault: str) -> None:
    text = Path("storm.yaml").read_text(encoding="utf-8")
    Path("storm.yaml").write_text(text.replace("{kind: stall, share: 20%}", fault), encoding="utf-8")


def test_a_fault_that_can_never_fire(here: Here) -> None:
    """Exit code 1, and its name: such a scenario tests nothing."""
    with_fault("{kind: stall, where: {calls: [100000]}}")
    assert here(*WORDS, "--seeds", "1") == (
        1,
        "",
        "Error: storm: the fault of phase 2: stall #2 fired for no client and no seed: it tests nothing\n",
    )
    assert not Path("out/run.json").exists()


def test_faults_that_can_never_fire(here: Here) -> None:
    """All of them at once; the file alone does not tell that nobody calls, or retries, so often."""
    with_fault("{kind: stall, where: {calls: [100000]}}\n      - {kind: reset, where: {attempts: [99]}}")
    said = here(*WORDS, "--seeds", "1")
    assert said.code == 1
    assert [line.partition(" fired")[0] for line in said.err.splitlines()] == [
        "Error: storm: the fault of phase 2: stall #2",
        "storm: the fault of phase 2: reset #3",
    ]


def test_a_scenario_in_which_nobody_calls(here: Here) -> None:
    """Exit code 1: no call at all is no goodput of 100%."""
    text = Path("calm.yaml").read_text(encoding="utf-8")
    Path("calm.yaml").write_text(text.replace("{kind: steady, rate: 1/s}", "{kind: poisson, rate: 1/d}"), "utf-8")
    said = here("compare", "-s", "calm.yaml", "-c", "patient.yaml", "--seeds", "1")
    assert said == (1, "", "Error: calm: seed 1 made no call; it needs more time or a higher rate\n")


@pytest.mark.parametrize("command", [WORDS, ("demo",)], ids=["compare", "demo"])
def test_a_folder_that_cannot_be_written(here: Here, command: tuple[str, ...]) -> None:
    """Exit code 2 and a sentence, before anything is run: not a traceback after an hour of it."""
    said = here(*command, "--out", "calm.yaml/out")
    assert said == (2, "", "Error: cannot write to calm.yaml/out: not a directory\n")


def test_a_disk_that_fills_up(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is on the terminal by then, and the reason is told."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RunFile, "save", full)
    said = here(*WORDS, "--seeds", "1")
    assert (said.code, said.err) == (2, "Error: cannot write to out: no space left on device\n")
    assert said.out.startswith("1 seed cannot decide between 2 clients")


def test_results_go_where_they_are_told_to(here: Here) -> None:
    """A folder is made, and older results in it are replaced."""
    for seeds in ("1", "2"):
        said = here(*WORDS, "--seeds", seeds, "--out", "a/b")
        assert said.out.splitlines()[-3:] == ["Wrote a/b/run.json", "Wrote a/b/report.md", "Wrote a/b/report.html"]
        assert len(load(Path("a/b/run.json")).seeds) == int(seeds)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("given", "sample", "written"),
    [
        ("100%", 1.0, None),
        ("50%", 0.5, "50%"),
        ("12.5%", 0.125, "12.5%"),
        ("33.333%", 0.33333, "33.333%"),
        ("0.0000001%", 1e-9, "0.0000001%"),
        ("10%", 0.1, "10%"),
        ("7%", 0.07, "7%"),
    ],
)
def test_samples(here: Here, given: str, sample: float, written: str | None) -> None:
    """A share is taken, kept and written down exactly, so that the same can be asked for again."""
    assert here("compare", "-s", "calm.yaml", "-c", "patient.yaml", "--seeds", "1", "--sample", given).code == 0
    run = load(Path("out/run.json"))
    assert run.sample == sample
    assert run.command.partition(" --sample ")[2] == (written or "")


def again(said: Said, here: Here) -> tuple[RunFile, RunFile]:
    """The run, and the one that its own command makes."""
    assert said.code == 0
    run = load(Path("out/run.json"))
    [page] = Path("out").glob("report.md")
    assert page.read_text(encoding="utf-8").rstrip().endswith(f"## Again\n\n    {run.command}")
    program, *words = shlex.split(run.command)
    assert program == "brownout"
    assert here(*words, *ALONE, "--out", "again") == said._replace(out=said.out.replace("Wrote out/", "Wrote again/"))
    return run, load(Path("again/run.json"))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--seeds", "2"),
        ("--seeds", "2", "--first-seed", "7"),
        ("--seeds", "2", "--sample", "50%"),
        ("--seeds", "2", "--quick"),
        ("--seeds", "2", "--weight", "storm=0.12345678", "--weight", "calm=3"),
        ("--seeds", "2", "--gate", "patient", "--ablate", "patient"),
    ],
    ids=" ".join,
)
def test_the_command_in_a_report_does_the_same_again(here: Here, options: tuple[str, ...]) -> None:
    """The same cells, the same verdict, the same report; and the same command."""
    run, repeated = again(here(*WORDS, *options), here)
    assert repeated == run.model_copy(update={"created": repeated.created})


@pytest.mark.parametrize(("client", "code"), [("patient", 0), ("hasty", 99)])
def test_a_gate(here: Here, client: str, code: int) -> None:
    """Exit code 99 if another client is surely better, and the command that shows it again does; the verdict says it
    first."""
    said = here(*WORDS, "--seeds", "6", "--gate", client)
    assert said.code == code
    assert said.out.startswith(f"GATE {'held' if code == 0 else 'MISSED'} for {client}: ")
    if code:
        program, *words = shlex.split(said.out.splitlines()[-1].removeprefix("Again: "))
        assert program == "brownout"
        assert here(*words, *ALONE) == said


def test_a_gate_that_can_see_nothing_says_so(here: Here) -> None:
    """With too few seeds nothing is surely better."""
    said = here(*WORDS, "--seeds", "2", "--gate", "hasty")
    assert said.code == 0
    assert "nothing could have been seen: 2 clients need at least 6 seeds" in said.out.replace("\n", " ")


def test_weights_and_layers_are_told(here: Here) -> None:
    """In the head of a column, and as a table of their own."""
    said = here(*WORDS, "--seeds", "3", "--weight", "storm=2.5", "--ablate", "patient")
    assert said.code == 0
    assert "storm (weight 2.5)" in said.out
    assert "\nWhat each layer of patient is worth\n" in said.out
    assert load(Path("out/run.json")).weights == {"storm": 2.5, "calm": 1.0}


def test_names_are_quoted_where_they_must_be(here: Here) -> None:
    """A folder with a blank and a quote in its name is found again."""
    folder = Path("a 'strange' folder")
    folder.mkdir()
    Path("calm.yaml").rename(folder / "calm.yaml")
    run, repeated = again(here("compare", "-s", folder / "calm.yaml", "-c", "guide", "--seeds", "1"), here)
    assert repeated.cells == run.cells


def test_on_the_wire(here: Here) -> None:
    """The same files with the real SDK: the same calls, all answered, and a command that says how fast."""
    words = ("compare", "-s", "calm.yaml", "-c", "patient.yaml", "--seeds", "1")
    said = here(*words, "--backend", "wire", "--time-scale", "12.5")
    assert (said.code, said.err) == (0, "")
    wire = load(Path("out/run.json"))
    assert wire.command == (
        "brownout compare -s calm.yaml -c patient.yaml --backend wire --seeds 1 --first-seed 1 --time-scale 12.5"
    )
    assert [note.split(",")[0] for note in wire.notes] == ["Real sockets", "Every duration was divided by 12.5"]
    assert here(*words).code == 0
    sim = load(Path("out/run.json"))
    assert [(cell.calls, cell.attempts, cell.outcomes) for cell in wire.cells] == [
        (cell.calls, cell.attempts, cell.outcomes) for cell in sim.cells
    ]
