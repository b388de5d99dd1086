"""What has to be said beside who is best: what the first place hangs on, and what even the best does not keep."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..results import Standing, Verdict
from .figures import Figures
from .standings import SCORE

_MOST = 2
"""Scenarios that are named; more is no exception but the rule."""


def provisos(figures: Figures, standings: Sequence[Standing], objectives: Sequence[Verdict]) -> str:
    """A sentence or two, each with a blank before it; empty where there is nothing to say.

    Intervals are over seeds: they say how sure the figures are in these scenarios, and nothing of the choice of them.
    """
    best = standings[0].client
    return "".join(f" {sentence}" for sentence in (_hangs_on(figures, best), _misses(objectives, best)) if sentence)


def _hangs_on(figures: Figures, best: str) -> str:
    """The scenarios without which another would be first."""
    others = {scenario: _first_without(figures, scenario, best) for scenario in figures.counted}
    found = [f"without {scenario} {other} would be first" for scenario, other in others.items() if other]
    if not found:
        return ""
    text = "; ".join(found[:_MOST]) + (f", and so on for {len(found)} scenarios" if len(found) > _MOST else "")
    return f"{text[0].upper()}{text[1:]}."


def _first_without(figures: Figures, left_out: str, best: str) -> str:
    """Who is first where a scenario does not count, if that is another."""
    left = [scenario for scenario in figures.counted if scenario != left_out]
    if not left:
        return ""

    def score(client: str) -> float:
        means = (math.fsum(figures.values(scenario, client, SCORE)) * figures.weights[scenario] for scenario in left)
        return math.fsum(means)

    first = min(figures.clients, key=score)
    return first if score(first) < score(best) * (1.0 - 1e-9) else ""


def _misses(objectives: Sequence[Verdict], best: str) -> str:
    """How many objectives the best client does not keep."""
    judged = [each for each in objectives if each.client == best and each.is_met is not None]
    missed = sum(not each.is_met for each in judged)
    return f"{best} misses {missed} of {len(judged)} objectives." if missed else ""
