"""Objectives held against what was measured."""

from __future__ import annotations

import pytest

from brownout.harness.objectives import parse
from brownout.harness.part import Estimate
from brownout.harness.results import Row
from brownout.harness.scoring import judge

INFINITE = float("inf")


def row(scenario: str = "storm", client: str = "a", **metrics: Estimate) -> Row:
    return Row(
        scenario=scenario,
        client=client,
        rank=1,
        is_best=True,
        metrics={name.replace("p95_", "p95(latency)"): found for name, found in metrics.items()},
        absent={"p95(ttft)": "no call streams"},
        outcomes={},
        timeouts={},
        faults={},
        transitions={},
    )


@pytest.mark.parametrize(
    ("line", "found", "is_met", "is_sure", "margin"),
    [
        ("goodput >= 90%", Estimate(value=0.95, low=0.93, high=0.97), True, True, 0.05),
        ("goodput >= 90%", Estimate(value=0.95, low=0.89, high=0.99), True, False, 0.05),
        ("goodput >= 90%", Estimate(value=0.85, low=0.80, high=0.89), False, True, -0.05),
        ("goodput >= 90%", Estimate(value=0.85, low=0.80, high=0.91), False, False, -0.05),
        ("goodput >= 90%", Estimate(value=0.90, low=0.90, high=0.90), True, True, 0.0),
        ("goodput > 90%", Estimate(value=0.90, low=0.90, high=0.90), False, True, 0.0),
        ("goodput >= 90%", Estimate(value=0.95), True, False, 0.05),
        ("p95(latency) <= 10s", Estimate(value=INFINITE, low=12.0, high=INFINITE), False, True, -INFINITE),
        ("p95(latency) <= 10s", Estimate(value=INFINITE), False, False, -INFINITE),
        ("p95(latency) <= 10s", Estimate(value=8.0, low=7.0, high=INFINITE), True, False, 2.0),
    ],
)
def test_met_or_missed_and_how_sure(line: str, found: Estimate, is_met: bool, is_sure: bool, margin: float) -> None:
    """By the value; sure where the whole interval says the same, and never without an interval."""
    objective = parse(line)
    name = "p95_" if objective.metric == "p95(latency)" else objective.metric
    [verdict] = judge([row(**{name: found})], {"storm": [objective]})
    assert (verdict.value, verdict.low, verdict.high) == (found.value, found.low, found.high)
    assert (verdict.is_met, verdict.is_sure) == (is_met, is_sure)
    assert verdict.margin == pytest.approx(margin)
    assert (verdict.objective, verdict.metric, verdict.why) == (line, objective.metric, "")


def test_without_a_meaning_it_is_neither_met_nor_missed() -> None:
    """It says why, and has no value."""
    [verdict] = judge([row()], {"storm": [parse("p95(ttft) <= 1s")]})
    assert (verdict.is_met, verdict.value, verdict.margin) == (None, None, None)
    assert (verdict.is_sure, verdict.why) == (False, "no call streams")


def test_each_scenario_has_its_own() -> None:
    """Each objective for each client, in the order of the rows; a scenario without any is not judged."""
    rows = [row(s, c, goodput=Estimate(value=0.5)) for s in ("storm", "calm", "flood") for c in "ba"]
    asked = {"storm": [parse("goodput >= 90%")], "flood": [parse("goodput >= 40%"), parse("p95(ttft) <= 1s")]}
    assert [(each.scenario, each.client, each.objective, each.is_met) for each in judge(rows, asked)] == [
        ("storm", "b", "goodput >= 90%", False), ("storm", "a", "goodput >= 90%", False),
        ("flood", "b", "goodput >= 40%", True), ("flood", "b", "p95(ttft) <= 1s", None),
        ("flood", "a", "goodput >= 40%", True), ("flood", "a", "p95(ttft) <= 1s", None),
    ]  # fmt: skip
