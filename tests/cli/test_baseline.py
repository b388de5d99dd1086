"""`--baseline`, `--fail-if`, `--update-baseline`: how a run ends that is held against an earlier one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from brownout.harness.results import load

from ..harness import tiny
from .command import Here

ALONE = ("--workers", "1")
WORDS = ("compare", "-s", "storm.yaml", "-c", "patient.yaml", "--seeds", "8", *ALONE)
GATE = (*WORDS, "--baseline", "base/b.json")
HASTIER = tiny.PATIENT.replace("total: 60s", "total: 1s")


@pytest.fixture(autouse=True)
def _folder(here: Here) -> None:
    Path("base").mkdir()


def test_a_folder_that_is_not_there_is_a_mistake(here: Here) -> None:
    """Else a path with a letter too many would pass for ever."""
    said = here(*WORDS, "--baseline", "bsae/b.json")
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("Error: --baseline bsae/b.json: there is no folder bsae\n")
    assert not Path("bsae").exists()


@pytest.fixture
def kept(here: Here) -> Here:
    """With a baseline."""
    assert here(*GATE).code == 0
    return here


def test_the_first_run_is_the_baseline(here: Here) -> None:
    """It is said, and passes."""
    said = here(*GATE)
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("\nNo baseline at base/b.json: saved this run as one\n")
    kept = load(Path("base/b.json"))
    assert kept == load(Path("out/run.json")).slim()
    assert kept.changes == []


def test_the_same_again_holds(kept: Here) -> None:
    """To the last figure; the first lines and the first table say so."""
    before = Path("base/b.json").read_bytes()
    said = kept(*GATE)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("GATE held: none of 2 comparisons with the baseline is surely worse")
    assert "\n\nAgainst the baseline\n" in said.out
    assert Path("base/b.json").read_bytes() == before


def test_what_is_worse(kept: Here) -> None:
    """Exit code 99, the reason in the first line, and the command that ends alike."""
    Path("patient.yaml").write_text(HASTIER, encoding="utf-8")
    rules = ("--fail-if", "goodput worse 2 points", "--fail-if", "amplification worse 50%")
    said = kept(*GATE, *rules)
    assert (said.code, said.err) == (99, "")
    assert said.out.startswith("GATE MISSED: goodput of patient in storm is ")
    again = said.out.splitlines()[-1]
    assert again.startswith("Again: brownout compare ")
    assert again.endswith(
        "--baseline base/b.json --fail-if 'goodput worse 2 points' --fail-if 'amplification worse 50%'"
    )
    _, *words = shlex.split(again.removeprefix("Again: "))
    assert kept(*words, *ALONE) == said
    found = load(Path("out/run.json"))
    assert {each.rule: each.outcome for each in found.changes} == {
        "goodput worse 2 points": "worse", "amplification worse 50%": "held"
    }  # fmt: skip
    assert found.baseline is not None
    assert (found.baseline.path, found.baseline.is_paired) == ("base/b.json", True)


def test_too_few_runs_are_no_failure(here: Here) -> None:
    """And nothing that is green: exit code 5, whether it looks worse or better, but not where nothing has changed."""
    few = (*GATE, "--seeds", "3")
    here(*few)
    Path("patient.yaml").write_text(HASTIER, encoding="utf-8")
    said = here(*few, "--fail-if", "goodput worse 2 points")
    assert said.code == 5
    assert said.err == (
        "Error: nothing was decided against base/b.json: nothing could have been seen with so few runs\n"
    )
    first = said.out.partition("\n\n")[0].replace("\n", " ")
    assert first.startswith("GATE UNDECIDED: nothing could have been seen with so few runs. NOT ENOUGH DATA for 1 of 1")
    better = here(*few, "--fail-if", "goodput worse 95%")
    assert (better.code, better.err) == (5, (
        "Error: nothing was decided against base/b.json: nothing could have been seen: it takes at least 5 runs of "
        "each\n"
    ))  # fmt: skip
    Path("patient.yaml").write_text(tiny.PATIENT, encoding="utf-8")
    assert here(*few).code == 0


def test_more_seeds_than_before(kept: Here) -> None:
    """Those in common are compared one by one; what has not changed is the same in every one of them."""
    said = kept(*GATE, "--seeds", "12", "--fail-if", "goodput worse 1 point")
    assert said.code == 0
    assert "it is the same in every run" in said.out.partition("\n\n")[0].replace("\n", " ")
    found = load(Path("out/run.json"))
    assert found.baseline is not None
    assert (found.baseline.is_paired, found.baseline.shared) == (True, 8)
    assert (
        "This run and the baseline have 8 seeds in common: those are compared, one by one, and no others."
        in found.notes
    )


def test_other_seeds_are_not_paired(kept: Here) -> None:
    assert kept(*GATE, "--first-seed", "101").code == 0
    found = load(Path("out/run.json"))
    assert found.baseline is not None
    assert not found.baseline.is_paired


def test_a_baseline_is_updated_whatever_the_outcome(kept: Here) -> None:
    Path("patient.yaml").write_text(HASTIER, encoding="utf-8")
    said = kept(*GATE, "--update-baseline")
    assert said.code == 99
    assert "\nSaved this run as the baseline base/b.json\n" in said.out
    assert kept(*GATE).code == 0


def test_objectives_and_a_baseline(here: Here) -> None:
    """Either of them fails a run; without objectives the baseline alone decides."""
    words = ("run", *GATE[1:])
    first = here(*words)
    assert first.code == 0
    assert first.out.startswith("NOTHING TO COMPARE WITH YET: there is no baseline at base/b.json.\n")
    said = here(*words)
    assert said.code == 0
    assert said.out.startswith("GATE held: ")
    assert "NOTHING DECIDED" not in said.out
    Path("patient.yaml").write_text(HASTIER, encoding="utf-8")
    assert here(*words).code == 99
    Path("patient.yaml").write_text(tiny.PATIENT, encoding="utf-8")
    tiny.objectives(Path(), tiny.MISSED)
    missed = here(*words, "--update-baseline")  # the scenario is another one now
    assert missed.code == 99
    assert "Its worst call: " in missed.out
    assert "storm: changed since the baseline, and not compared with it." in missed.out.replace("\n      ", " ")


@pytest.mark.parametrize("command", ["run", "compare"])
def test_nothing_compared_is_never_green(kept: Here, command: str) -> None:
    """Exit code 5: the baseline knows the scenario by another text."""
    text = tiny.STORM.replace("share: 50%", "share: 40%")
    Path("storm.yaml").write_text(text, encoding="utf-8")
    said = kept(command, *GATE[1:])
    assert said.code == 5
    assert said.err == ("Error: nothing could be compared with base/b.json: nothing was decided; the notes say why\n")
    assert "storm: changed since the baseline" in said.out


BROKEN = {
    ("--fail-if", "p95 worse 10%"): "--fail-if needs --baseline, a file to compare with",
    ("--update-baseline",): "--update-baseline needs --baseline, a file to compare with",
    ("--baseline", "b.json", "--fail-if", "p95 > 10%"): '--fail-if "p95 > 10%": expected a metric, "worse" and an '
    'amount, such as "p95 worse 10%"; write "p95 worse 10%"',
    ("--baseline", "b.json", "--fail-if", "godput worse 1%"): '--fail-if "godput worse 1%": unknown metric "godput", '
    'did you mean "goodput"?',
    ("--baseline", "b.json", "--fail-if", "p90 worse 1%"): '--fail-if "p90 worse 1%": p90(latency) is measured only '
    "where an objective of the scenario names it",
    ("--baseline", "out/run.json"): "--baseline out/run.json: every run overwrites that file; keep the baseline "
    "elsewhere",
}


@pytest.mark.parametrize(("words", "message"), BROKEN.items(), ids=lambda each: " ".join(each)[:40])
def test_usage_errors(here: Here, words: tuple[str, ...], message: str) -> None:
    """Exit code 2 before anything is played."""
    said = here(*WORDS, *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1] == f"Error: {message}"
    assert not Path("out").exists()


def test_a_broken_baseline(here: Here) -> None:
    """Exit code 2 with what is wrong with it; it is not overwritten."""
    Path("b.json").write_text("[]", encoding="utf-8")
    said = here(*WORDS, "--baseline", "b.json", "--update-baseline")
    assert said == (2, "", "Error: b.json: expected schema_version 3, got None\n")
    assert Path("b.json").read_text(encoding="utf-8") == "[]"


def test_a_baseline_played_in_another_way(kept: Here) -> None:
    """Exit code 2, and which way."""
    assert kept(*GATE, "--sample", "50%") == (
        2, "", "Error: base/b.json: the baseline has another sample: --sample 100%, and this run --sample 50%\n"
    )  # fmt: skip
    assert kept(*GATE, "--backend", "virtual").err == (
        "Error: base/b.json: the baseline has another backend: sim, and this run virtual\n"
    )


def test_a_quantile_that_an_objective_names(here: Here) -> None:
    """Is measured, and may be compared."""
    tiny.objectives(Path(), "objectives: [p60(latency) <= 60s]\n")
    rule = ("--fail-if", "p60 worse 10%")
    assert here(*GATE, *rule).code == 0
    assert here(*GATE, *rule).out.startswith("GATE held: the only comparison made with the baseline is not surely ")
