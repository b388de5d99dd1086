"""Objectives: what each client made of them."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.results import Verdict

from .. import words
from ..table import Table


def objectives(verdicts: Sequence[Verdict]) -> Table:
    """For several clients, what each made of every objective."""
    clients = list(dict.fromkeys(each.client for each in verdicts))
    found = {(each.scenario, each.objective, each.client): each for each in verdicts}
    return Table(
        "Objectives",
        "What each client made of them; MISSED stands where it was not enough, a question mark where the 95% interval "
        "says both, or there is none; never: not in every run.",
        ("objective", *clients),
        tuple(
            (f"{scenario}: {objective}", *(_achieved(found.get((scenario, objective, client))) for client in clients))
            for scenario, objective in dict.fromkeys((each.scenario, each.objective) for each in verdicts)
        ),
    )


def _achieved(each: Verdict | None) -> str:
    if each is None or each.value is None or each.is_met is None:
        return "–"
    return words.of(each.metric, each.value) + ("" if each.is_met else " MISSED") + ("" if each.is_sure else " ?")


def judgements(verdicts: Sequence[Verdict]) -> Table:
    """Each with its limit, the value and the margin; what was missed first."""
    ordered = sorted(verdicts, key=lambda each: (each.is_met is not False, each.is_met is None))
    return Table(
        "Every objective",
        "The value is over all seeds, with its 95% interval; the margin is how far it is on the right side. Sure: the "
        "whole interval says the same.",
        ("objective", "scenario", "client", "result", "value", "95% interval", "margin"),
        tuple(_objective(each) for each in ordered),
    )


def _objective(each: Verdict) -> tuple[str, ...]:
    if each.value is None or each.is_met is None:
        return each.objective, each.scenario, each.client, "no meaning", each.why, "–", "–"
    result = ("met" if each.is_met else "MISSED") + ("" if each.is_sure else ", not sure")
    bounds = "–" if each.low is None or each.high is None else (
        f"{words.of(each.metric, each.low)} to {words.of(each.metric, each.high)}"
    )  # fmt: skip
    return (
        each.objective, each.scenario, each.client, result, words.of(each.metric, each.value), bounds,
        words.margin(each.metric, each.margin or 0.0),
    )  # fmt: skip
