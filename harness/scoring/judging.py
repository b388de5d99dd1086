"""Objectives held against what was measured: limit, value, margin, and whether the whole interval says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..objectives import Objective
from ..results import Row, Verdict


def judge(rows: Sequence[Row], objectives: Mapping[str, Sequence[Objective]]) -> list[Verdict]:
    """Each objective of each scenario for each client, in the order of the rows."""
    return [_judged(row, objective) for row in rows for objective in objectives.get(row.scenario, ())]


def _judged(row: Row, objective: Objective) -> Verdict:
    found = row.metrics.get(objective.metric)
    verdict = Verdict(
        scenario=row.scenario,
        client=row.client,
        objective=str(objective),
        metric=objective.metric,
        value=None,
        is_met=None,
        why=row.absent.get(objective.metric, ""),
    )
    if found is None:
        return verdict
    is_met = objective.holds(found.value)
    bounds = [bound for bound in (found.low, found.high) if bound is not None]
    return verdict.model_copy(
        update={
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "margin": objective.margin(found.value),
            "is_met": is_met,
            "is_sure": bool(bounds) and all(objective.holds(bound) is is_met for bound in bounds),
        }
    )
