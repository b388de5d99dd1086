"""Whether two runs can be compared at all, what is said of what is not, and what a baseline keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brownout.harness.baseline import Incomparable, against, check
from brownout.harness.results import RunFile, load
from brownout.harness.rules import DEFAULTS, parse_all
from brownout.harness.run import run as play
from brownout.harness.scoring.changes import changes

from . import tiny
from .scoring.two_runs import run

RULES = parse_all(DEFAULTS)
VALUES = {"p95(latency)": [20.0] * 6, "goodput": [0.9] * 6}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"backend": "virtual"}, "the baseline has another backend: virtual, and this run sim"),
        ({"sample": 0.1}, "the baseline has another sample: --sample 10%, and this run --sample 100%"),
        ({"time_scale": 20.0}, "the baseline has another time scale: --time-scale 20, and this run --time-scale 1"),
    ],
)
def test_what_was_played_in_another_way(fields: dict[str, Any], message: str) -> None:
    """Its figures would differ whatever the clients do."""
    before = run({("storm", "a"): VALUES}, **fields)
    with pytest.raises(Incomparable) as caught:
        against(run({("storm", "a"): VALUES}), before, "b.json", RULES)
    assert str(caught.value) == message
    check(before, before.backend, before.sample, before.time_scale)


def test_what_is_not_compared_is_said() -> None:
    """What has changed, what is new, what is gone, what has no meaning, and what else is not the same."""
    before = run(
        {(s, c): VALUES for s in ("storm", "calm", "old") for c in ("a", "b")},
        environment={"python": "3.11", "anthropic": "2.12.0"},
    )
    now = run(
        {(s, c): VALUES for s in ("storm", "calm", "new") for c in ("a", "c")},
        shas={"calm": "1"},
        environment={"python": "3.11", "anthropic": "2.13.0"},
    )
    found = against(now, before, "b.json", parse_all([*DEFAULTS, "retry_success worse 1 point"]))
    assert [(each.scenario, each.client) for each in found.changes] == [("storm", "a")] * 2
    assert found.notes == [
        "calm: changed since the baseline, and not compared with it.",
        "new: not in the baseline, and not compared.",
        "old: in the baseline, and not in this run.",
        "c: not in the baseline, and not compared.",
        "b: in the baseline, and not in this run.",
        "retry_success worse 1 point was not asked of a in storm: in this run it was not measured.",
        "The baseline was made with anthropic 2.12.0, now 2.13.0.",
    ]
    assert found.baseline is not None
    assert (found.baseline.path, found.baseline.is_paired) == ("b.json", True)
    assert (found.baseline.created, found.baseline.seeds) == (before.created, before.seeds)


def test_a_scenario_of_which_no_text_is_known() -> None:
    """Is compared with none, and that is said as of any other that has changed."""
    before, now = run({("storm", "a"): VALUES}, shas={"storm": ""}), run({("storm", "a"): VALUES})
    found = against(now, before, "b.json", RULES)
    assert found.changes == []
    assert found.notes == ["storm: changed since the baseline, and not compared with it."]


def test_seeds_that_are_not_the_same() -> None:
    """A note says how many are, and what comes of it."""
    few = {"p95(latency)": [20.0] * 12, "goodput": [0.9] * 12}
    before = run({("storm", "a"): VALUES})
    more = against(run({("storm", "a"): few}), before, "", RULES)
    assert more.notes == [
        "This run and the baseline have 6 seeds in common: those are compared, one by one, and no others."
    ]
    assert more.baseline is not None
    assert (more.baseline.is_paired, more.baseline.shared) == (True, 6)
    others = against(run({("storm", "a"): few}, 6), before, "", RULES)
    assert others.notes == [
        "This run and the baseline have 1 seed in common, and 6 are needed to compare them one by one: the runs are "
        "compared as two groups."
    ]
    assert others.baseline is not None
    assert (others.baseline.is_paired, others.baseline.shared) == (False, None)


def test_no_seed_that_both_have() -> None:
    """Is said, too."""
    made = run({("storm", "a"): VALUES})
    empty = made.model_copy(update={"cells": [cell.model_copy(update={"metrics": {}}) for cell in made.cells]})
    found = against(made, empty, "", RULES)
    assert found.changes == []
    assert found.notes == [f"{rule} was not asked of a in storm: no seed has it in both runs." for rule in DEFAULTS]


def test_a_client_may_have_changed() -> None:
    """That is what is tested: its name alone counts."""
    made = run({("storm", "a"): VALUES})
    assert len(against(made, made, "", RULES).changes) == 2


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunFile:
    return play(tiny.plan(tmp_path_factory.mktemp("tiny"), seeds=4)).file


def test_a_baseline_is_slim(whole: RunFile, tmp_path: Path) -> None:
    """It has nothing that is only drawn, and everything that is compared."""
    slim = whole.slim()
    assert any(row.course and row.latencies for row in whole.rows)
    assert whole.waterfalls
    assert not any(row.course or row.latencies for row in slim.rows)
    assert not slim.waterfalls
    slim.save(tmp_path / "b.json")
    read = load(tmp_path / "b.json")
    assert read == slim
    assert len(slim.model_dump_json()) < 0.9 * len(whole.model_dump_json())
    assert changes(whole, read, RULES) == changes(whole, whole, RULES)


def test_changes_are_kept_in_the_file(whole: RunFile, tmp_path: Path) -> None:
    """With infinite figures, too."""
    found = against(whole, whole.slim(), "b.json", RULES)
    assert len(found.changes) == 8
    found.save(tmp_path / "run.json")
    assert load(tmp_path / "run.json") == found
