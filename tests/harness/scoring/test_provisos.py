"""What is said beside who is best."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from brownout.harness.objectives import parse
from brownout.harness.results import Verdict
from brownout.harness.scoring import Figures, provisos, standings

from .made import cell, played

SEEDS = range(8)


def figures(scores: dict[str, dict[str, float]], weights: dict[str, float] | None = None) -> Figures:
    """Scenario -> client -> score, the same under every seed but for a hair."""
    cells = [
        cell(client, seed, score + seed * 1e-4, scenario)
        for scenario, of in scores.items()
        for client, score in of.items()
        for seed in SEEDS
    ]
    return Figures(map(played, cells), list(scores), list(next(iter(scores.values()))), weights)


def judged(*are_met: bool | None) -> list[Verdict]:
    line = parse("goodput >= 99%")
    return [
        Verdict(scenario="a", client="x", objective=str(line), metric=line.metric, value=None, is_met=is_met)
        for is_met in are_met
    ]


CLOSE = {"a": {"x": 0.1, "y": 0.5}, "b": {"x": 0.3, "y": 0.2}, "c": {"x": 0.3, "y": 0.25}}

SAID: dict[str, tuple[dict[str, dict[str, float]], dict[str, float], Sequence[Verdict], str]] = {
    "nothing": ({"a": {"x": 0.1, "y": 0.5}, "b": {"x": 0.1, "y": 0.2}}, {}, (), ""),
    "one scenario alone": ({"a": {"x": 0.1, "y": 0.5}}, {}, (), ""),
    "one that decides": (CLOSE, {}, (), " Without a y would be first."),
    "one that weighs nothing decides nothing": (CLOSE, {"c": 0.0}, (), " Without a y would be first."),
    "weights count": (CLOSE, {"b": 10.0}, (), " Without b x would be first."),
    "objectives": (CLOSE | {"d": {"x": 0.1, "y": 0.9}}, {}, judged(True, False, None, False), " x misses 2 of 3 "
                   "objectives."),
    "kept objectives": (CLOSE | {"d": {"x": 0.1, "y": 0.9}}, {}, judged(True, None), ""),
    "both": (CLOSE, {}, judged(False), " Without a y would be first. x misses 1 of 1 objectives."),
}  # fmt: skip


@pytest.mark.parametrize(("scores", "weights", "objectives", "text"), SAID.values(), ids=list(SAID))
def test_what_is_said(
    scores: dict[str, dict[str, float]], weights: dict[str, float], objectives: Sequence[Verdict], text: str
) -> None:
    """To the letter."""
    found = figures(scores, weights)
    assert provisos(found, standings(found), objectives) == text


def test_a_scenario_that_weighs_nothing_may_be_infinite() -> None:
    """Its price, for one, where nobody is ever answered in it; the others' counts."""
    cells = [
        cell(client, seed, 0.5, scenario, metrics={"cost_per_good_call": float("inf") if scenario == "dead" else 0.02})
        for scenario in ("dead", "alive")
        for client in ("x", "y")
        for seed in SEEDS
    ]
    found = Figures(map(played, cells), ["dead", "alive"], ["x", "y"], {"dead": 0.0})
    assert [each.cost.value for each in standings(found)] == pytest.approx([0.02, 0.02])
    assert found.counted == ["alive"]
