"""The commands that a report gives make its numbers, or are not given."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from brownout.reports.again import of_scenario

from .runs import WATERFALLS, client, run

STORM = run().scenarios[0]


def commands(**changes: Any) -> list[list[str]]:
    return [shlex.split(each) for each in of_scenario(run(**changes), STORM, WATERFALLS[0])]


def test_its_numbers_and_its_call() -> None:
    """Clients as they were named, the seeds, the sample; the results elsewhere than those of the report."""
    numbers, call = commands()
    named = [
        "brownout",
        "compare",
        "-s",
        "storm.yaml",
        "-c",
        "steady.yaml",
        "-c",
        "hasty.yaml",
        "-c",
        "absent.yaml",
        "--backend",
        "sim",
    ]
    assert numbers == [*named, *["--seeds", "7", "--first-seed", "1", "--sample", "25%", "--out", "out/again"]]
    assert call == [*named, *["--first-seed", "1", "--sample", "25%", "--explain", "2.7"]]


def test_a_command_is_named_as_one() -> None:
    """With its words kept together."""
    numbers, _ = commands(
        clients=[client("node", "").model_copy(update={"is_command": True, "reproduce": "node=a 'b'"})]
    )
    assert numbers[numbers.index("--client-command") + 1] == "node=a 'b'"


def test_a_wire_run_says_its_scale() -> None:
    """As the run had it."""
    numbers, _ = commands(backend="wire", time_scale=20.0)
    assert numbers[numbers.index("--time-scale") + 1] == "20"


def test_seeds_that_are_not_in_a_row_cannot_be_named() -> None:
    """The call can."""
    [call] = commands(seeds=[3, 7, 20])
    assert "--explain" in call


@pytest.mark.parametrize("which", ["scenario", "client"])
def test_what_was_made_in_python_cannot_be_named(which: str) -> None:
    """Nothing is better than the command of something else."""
    nameless = STORM.model_copy(update={"reproduce": ""})
    made = run(clients=[client("mine", "").model_copy(update={"reproduce": ""})]) if which == "client" else run()
    assert of_scenario(made, nameless if which == "scenario" else STORM, None) == ()
