"""How far two backends agree: on like runs only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brownout.harness.agreement import agreement
from brownout.harness.plan import Plan
from brownout.harness.results import RunFile
from brownout.harness.run import run

from . import tiny


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny.plan(tmp_path)


def play(plan: Plan) -> RunFile:
    return run(plan).file


@pytest.mark.parametrize("name", ["scenarios", "clients", "seeds", "sample"])
def test_only_like_runs_can_agree(plan: Plan, name: str) -> None:
    """Two backends are compared on the same files, seeds and sample, or not at all."""
    small = replace(plan, seeds=[1])
    others = {
        "scenarios": replace(small, scenarios=plan.scenarios[:1]),
        "clients": replace(small, clients=plan.clients[:1]),
        "seeds": replace(small, seeds=[2]),
        "sample": replace(small, sample=0.5),
    }
    with pytest.raises(ValueError, match=f"the runs differ in {name}"):
        agreement(play(small), play(others[name]))


def test_a_run_agrees_with_itself(plan: Plan) -> None:
    """One line a scenario and client, with equal figures on both sides."""
    found = play(plan)
    pairs = agreement(found, found)
    assert [(each.scenario, each.client) for each in pairs] == [
        ("storm", "patient"), ("storm", "hasty"), ("calm", "patient"), ("calm", "hasty")
    ]  # fmt: skip
    for each in pairs:
        assert each.goodput[0] == each.goodput[1]
        assert each.p50[0] == each.p50[1]
        assert each.attempts[0] == each.attempts[1] > 0
