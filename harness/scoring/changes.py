"""Two runs held against each other: what has become worse, by how much, and whether chance may explain it.

A rule is broken where a figure, as reports show it, is worse by more than the amount, and the runs say that it is
surely worse at all. Two figures alone cry wolf: 10% lie between the p95 of equal runs more often than not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from ..part import Estimate
from ..results import Change, Reason, Row, RunFile
from ..rules import Rule
from ..statistics.difference import Difference, fewest_runs, paired, unpaired
from ..statistics.holm import holm
from . import changed

Outcome = Literal["worse", "unsure", "held"]
_ROUNDING = 1e-9
"""Shares of an amount that floating point may have added to a change: 90% to 88% are 2 points."""
_ORDER: tuple[Outcome, ...] = ("worse", "unsure", "held")


@dataclass(frozen=True, slots=True)
class Asked:
    """One comparison: a rule, in one scenario, for one client. `scale` is what a difference is divided by to be in the
    unit of the rule."""

    rule: Rule
    row: Row
    before: Estimate
    now: Estimate
    found: Difference
    scale: float

    @property
    def change(self) -> float:
        return self.rule.change(self.before.value, self.now.value)

    @property
    def excess(self) -> float:
        """The change as a multiple of what the rule allows, so that seconds and shares can be ordered."""
        return self.change / (self.rule.amount or _ROUNDING)


def changes(now: RunFile, before: RunFile, rules: Sequence[Rule]) -> list[Change]:
    """Every rule for each client in each scenario that both runs have; the worst first."""
    asked = list(_asked(now, before, rules))
    # What is the same in every run can raise no alarm, and is not counted among those that can.
    counted = {number: each.found.p for number, each in enumerate(asked) if not each.found.is_same}
    adjusted = holm(counted)
    found = [(each, _change(each, adjusted.get(number, 1.0), len(counted))) for number, each in enumerate(asked)]
    return [change for _, change in sorted(found, key=_badness)]


def same_scenarios(now: RunFile, before: RunFile) -> set[str]:
    """Those that both have, and that say what they said."""
    worlds = {scenario.name: scenario.sha256 for scenario in before.scenarios}
    return {scenario.name for scenario in now.scenarios if worlds.get(scenario.name) == scenario.sha256}


def shared(now: RunFile, before: RunFile) -> list[tuple[Row, Row]]:
    """The rows of clients in scenarios that both have, where the scenario says what it said."""
    same = same_scenarios(now, before)
    rows = {(row.scenario, row.client): row for row in before.rows}
    return [
        (row, rows[row.scenario, row.client])
        for row in now.rows
        if row.scenario in same and (row.scenario, row.client) in rows
    ]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Whether runs are compared seed by seed. `seeds` are those that both runs have, who then met the same worlds;
    `needed` are as many as can tell anything."""

    seeds: frozenset[int]
    are_all: bool
    needed: int

    @property
    def is_paired(self) -> bool:
        return self.are_all or len(self.seeds) >= self.needed


def pairing(now: RunFile, before: RunFile, rules: Sequence[Rule]) -> Pairing:
    """By all seeds where they are the same, by those in common where they are enough."""
    both = frozenset(now.seeds) & frozenset(before.seeds)
    comparisons = sum(_have(rule, *rows) for rows in shared(now, before) for rule in rules)
    return Pairing(both, both == {*now.seeds, *before.seeds}, fewest_runs(comparisons, True))


def _have(rule: Rule, *rows: Row) -> bool:
    return all(rule.metric in row.metrics for row in rows)


def _asked(now: RunFile, before: RunFile, rules: Sequence[Rule]) -> Iterable[Asked]:
    values_now, values_before = _by_seed(now), _by_seed(before)
    pairs = pairing(now, before, rules)
    for row, row_before in shared(now, before):
        for rule in rules:
            if not _have(rule, row, row_before):
                continue
            one, other = (of(row, rule) for of in (values_before, values_now))
            if pairs.is_paired:
                common = sorted(one.keys() & other.keys() & pairs.seeds)
                one, other = ({seed: each[seed] for seed in common} for each in (one, other))
            if not one or not other:
                continue
            compare = paired if pairs.is_paired else unpaired
            found = compare(*([rule.sign * value for value in each.values()] for each in (one, other)))
            estimates = row_before.metrics[rule.metric], row.metrics[rule.metric]
            if pairs.is_paired and not pairs.are_all:
                estimates = _means(one, other) or estimates
            yield Asked(rule, row, *estimates, found, abs(fmean(one.values())) if rule.is_relative else 1.0)


def _means(*groups: Mapping[int, float]) -> tuple[Estimate, Estimate] | None:
    """Of the seeds in common alone: those over all seeds differ by what the others met. None where one is infinite,
    for a quantile that few runs do not reach would be so too."""
    one, other = (Estimate(value=fmean(each.values())) for each in groups)
    return (one, other) if math.isfinite(one.value) and math.isfinite(other.value) else None


def _by_seed(run: RunFile) -> Callable[[Row, Rule], dict[int, float]]:
    """Of a row and a rule, the metric of each run that has it."""
    cells: dict[tuple[str, str], dict[int, dict[str, float]]] = {}
    for cell in run.cells:
        cells.setdefault((cell.scenario, cell.client), {})[cell.seed] = cell.metrics

    def of(row: Row, rule: Rule) -> dict[int, float]:
        runs = cells.get((row.scenario, row.client), {})
        return {seed: runs[seed][rule.metric] for seed in sorted(runs) if rule.metric in runs[seed]}

    return of


def _change(asked: Asked, p_holm: float, counted: int) -> Change:
    """`counted`: how many comparisons there are that could raise an alarm."""
    is_much = asked.change > asked.rule.amount * (1.0 + _ROUNDING)
    is_sure = asked.found.is_sure(p_holm)
    outcome: Outcome = "held" if not is_much or asked.found.is_same else "worse" if is_sure else "unsure"
    low, high = _interval(asked)
    made = Change(
        scenario=asked.row.scenario,
        client=asked.row.client,
        rule=str(asked.rule),
        metric=asked.rule.metric,
        baseline=asked.before,
        now=asked.now,
        change=asked.change,
        unit=asked.rule.unit,
        low=low,
        high=high,
        p_holm=p_holm,
        smallest=_smallest(asked, counted),
        runs_needed=asked.found.runs_needed(counted) if outcome == "unsure" else None,
        outcome=outcome,
        reason=_reason(asked, outcome, counted),
        why="",
    )
    return made.model_copy(update={"why": changed.why(made, asked.rule, asked.found, counted)})


def _reason(asked: Asked, outcome: Outcome, counted: int) -> Reason:
    if outcome == "worse":
        return "sure"
    can_tell = asked.found.can_tell(counted)
    if outcome == "unsure":
        return "chance" if can_tell else "few"
    if asked.before.value == asked.now.value == math.inf:
        return "never"
    return "same" if asked.found.is_same else "allowed" if can_tell else "blind"


def _interval(asked: Asked) -> tuple[float | None, float | None]:
    """Of the change, from the runs; reports show a quantile of all their calls, which it holds in any case."""
    found = asked.found.interval
    if found is None or found.low is None or found.high is None or not 0.0 < asked.scale < math.inf:
        return None, None
    if math.isinf(asked.change):
        return None, None
    return min(found.low / asked.scale, asked.change), max(found.high / asked.scale, asked.change)


def _smallest(asked: Asked, counted: int) -> float | None:
    """The change that would have been found in 80% of cases: surely worse, and above the amount."""
    detectable = asked.found.detectable(counted)
    if detectable is None or not 0.0 < asked.scale < math.inf:
        return None
    above = asked.rule.amount + asked.found.margin * asked.found.error / asked.scale
    return max(detectable / asked.scale, above)


def _badness(found: tuple[Asked, Change]) -> tuple[int, float]:
    asked, change = found
    return _ORDER.index(change.outcome), -asked.excess
