"""`brownout run`: do the objectives hold; how it ends, and how to see why."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from brownout.harness.results import load

from ..harness import tiny
from .command import Here

ALONE = ("--workers", "1")
RUN = ("run", "-s", "storm.yaml", "-c", "patient.yaml", "--seeds", "3", *ALONE)


def test_objectives_that_hold(here: Here) -> None:
    """Exit code 0, PASS and the tightest in the first line, and no command: there is nothing to look into."""
    tiny.objectives(Path(), tiny.MET)
    said = here(*RUN)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("PASS all 3 objectives met; tightest: goodput ")
    assert said.out.endswith("Wrote out/report.html\n")
    run = load(Path("out/run.json"))
    assert said.out.replace("\n", " ").startswith(f"{run.verdict} ")
    assert [each.is_met for each in run.objectives] == [True] * 3


def test_a_missed_objective(here: Here) -> None:
    """Exit code 99, FAIL and the reason in the first line; last the command that ends alike, and one that shows why."""
    tiny.objectives(Path(), tiny.MISSED)
    said = here(*RUN)
    assert (said.code, said.err) == (99, "")
    first = "FAIL p95(latency) never, asked <= 60s (storm, patient); 2 of 2 objectives missed (3 seeds)."
    assert said.out.splitlines()[0] == first
    again, worst = said.out.splitlines()[-2:]
    program, *words = shlex.split(again.removeprefix("Again: "))
    assert program == "brownout"
    assert here(*words, *ALONE) == said
    program, *words = shlex.split(worst.removeprefix("Its worst call: "))
    shown = here(*words)
    assert (shown.code, shown.err) == (0, "")
    assert " in storm with patient, seed " in shown.out.splitlines()[0]
    assert "  request 1 on a " in shown.out


def test_again_is_written_where_it_was(here: Here) -> None:
    """And as what: not over what is in the usual folder."""
    tiny.objectives(Path(), tiny.MISSED)
    said = here(*RUN, "--out", "my runs", "--format", "junit", "--format", "csv")
    assert said.code == 99
    again = said.out.splitlines()[-2]
    assert again.endswith(" --first-seed 1 --out 'my runs' --format junit --format csv")
    _, *words = shlex.split(again.removeprefix("Again: "))
    assert here(*words, *ALONE) == said
    assert not Path("out").exists()


def test_the_worst_call_is_of_the_run_that_was_played(here: Here) -> None:
    """Of the same sample, and of the seed that missed the objective by most."""
    tiny.objectives(Path(), "objectives: [goodput >= 99%]\n")
    said = here(*RUN, "--seeds", "5", "--sample", "50%")
    run = load(Path("out/run.json"))
    worst = min(run.cells, key=lambda cell: (cell.metrics["goodput"], cell.seed))
    assert worst.seed != 1
    assert said.out.splitlines()[-1] == (
        f"Its worst call: brownout run -s storm.yaml -c patient.yaml --backend sim --first-seed {worst.seed} "
        "--sample 50% --explain worst"
    )


def test_one_client_of_two_that_misses(here: Here) -> None:
    """Every client has to meet every objective."""
    tiny.objectives(Path(), tiny.MET)
    said = here(*RUN, "-c", "hasty.yaml")
    assert said.code == 99
    assert said.out.startswith("FAIL p50(latency) never, asked <= 10s (storm, hasty); 2 of 6 objectives missed")
    assert "-c hasty.yaml" in said.out.splitlines()[-1]


def test_without_a_client_it_is_the_sdk_as_it_comes(here: Here) -> None:
    """What most programs do."""
    tiny.objectives(Path(), "objectives: [goodput >= 1%]\n", "calm")
    assert here("run", "-s", "calm.yaml", "--seeds", "1", *ALONE).code == 0
    assert [client.name for client in load(Path("out/run.json")).clients] == ["sdk-defaults"]


def test_nothing_to_decide_is_never_green(here: Here) -> None:
    """Without an objective nothing is played: exit code 5."""
    assert here(*RUN) == (
        5, "", "Error: no objectives in storm: nothing to decide; add some, or use `brownout compare`\n"
    )  # fmt: skip
    assert not Path("out").exists()


def test_nothing_decided_is_never_green(here: Here) -> None:
    """Objectives that have no meaning for the client: exit code 5."""
    tiny.objectives(Path(), "objectives: [p95(ttft) <= 2s]\n", "calm")
    said = here("run", "-s", "calm.yaml", "-c", "patient.yaml", "--seeds", "1", *ALONE)
    assert said.code == 5
    assert said.out.startswith("NOTHING DECIDED: no scenario has an objective that could be judged.")
    assert said.err == "Error: no objective has a meaning for these clients: nothing was decided\n"


def test_a_folder_of_scenarios(here: Here) -> None:
    """Every scenario in it, in the order of names; clients and fleets beside them are none."""
    suite = Path("suite")
    suite.mkdir()
    tiny.write(suite)
    for name in ("calm", "storm"):
        tiny.objectives(suite, "objectives: [goodput >= 10%]\n", name)
    (suite / "hasty.yaml").rename(suite / "hasty.txt")
    (suite / "fleet.yaml").write_text("name: all\nfleet: [{client: guide}]\n", encoding="utf-8")
    (suite / "built.yaml").write_text("name: built\nextends: guide\n", encoding="utf-8")
    said = here("run", "-s", "suite", "-c", "patient.yaml", "--seeds", "1", *ALONE)
    assert said.code == 0
    run = load(Path("out/run.json"))
    assert [scenario.name for scenario in run.scenarios] == ["calm", "storm"]
    assert run.command.startswith("brownout run -s suite/calm.yaml -s suite/storm.yaml -c patient.yaml ")


@pytest.mark.parametrize("command", ["run", "compare"])
def test_an_empty_folder_is_never_green(here: Here, command: str) -> None:
    """Exit code 5."""
    Path("suite").mkdir()
    Path("suite/readme.txt").touch()
    assert here(command, "-s", "suite") == (5, "", "Error: no .yaml file in suite: nothing ran\n")
    Path("patient.yaml").rename("suite/patient.yaml")
    assert here(command, "-s", "suite") == (5, "", "Error: no scenario in suite, but clients: nothing ran\n")


def test_a_folder_with_a_broken_file(here: Here) -> None:
    """All of its errors, located, and exit code 2; nothing is played."""
    Path("suite").mkdir()
    tiny.write(Path("suite"))
    Path("suite/calm.yaml").write_text("name: calm\ntimeline: []\nlayers: []\n", encoding="utf-8")
    Path("suite/patient.yaml").write_text("name: [\n", encoding="utf-8")
    said = here("run", "-s", "suite")
    assert (said.code, said.out) == (2, "")
    assert {line.partition(":")[0] for line in said.err.splitlines()} == {"suite/calm.yaml", "suite/patient.yaml"}


def test_an_unknown_metric_is_an_error_of_the_file(here: Here) -> None:
    """Exit code 2 with its place: never a pass."""
    tiny.objectives(Path(), "objectives: [godput >= 99%]\n")
    said = here(*RUN)
    line = tiny.STORM.count("\n") + 1
    assert said == (2, "", f'storm.yaml:{line}:14: unknown metric "godput", did you mean "goodput"?\n')


def test_a_fault_that_never_fires(here: Here) -> None:
    """Exit code 1, whatever the objectives say of it."""
    text = tiny.STORM.replace("{kind: stall, share: 20%}", "{kind: stall, where: {calls: [100000]}}")
    Path("storm.yaml").write_text(text + tiny.MET, encoding="utf-8")
    said = here(*RUN)
    assert said == (
        1, "", "Error: storm: the fault of phase 2: stall #2 fired for no client and no seed: it tests nothing\n"
    )  # fmt: skip


@pytest.mark.parametrize("command", ["run", "compare"])
def test_one_call_explained(here: Here, command: str) -> None:
    """Its story and nothing else: no objective is asked for, nothing is written."""
    said = here(command, "-s", "storm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml", "--explain", "2.3")
    assert (said.code, said.err) == (0, "")
    titles = [line for line in said.out.splitlines() if line.startswith("Call ")]
    assert [title.partition(":")[0] for title in titles] == [
        "Call 2.3 in storm with patient, seed 1", "Call 2.3 in storm with hasty, seed 1"
    ]  # fmt: skip
    assert not Path("out").exists()


def test_no_call_to_explain(here: Here) -> None:
    """A scenario in which nobody calls has no worst call: exit code 1 and the reason."""
    text = Path("calm.yaml").read_text(encoding="utf-8")
    Path("calm.yaml").write_text(text.replace("{kind: steady, rate: 1/s}", "{kind: poisson, rate: 1/d}"), "utf-8")
    said = here("run", "-s", "calm.yaml", "--explain", "worst")
    assert said == (1, "", "Error: calm: seed 1 made no call; it needs more time or a higher rate\n")
