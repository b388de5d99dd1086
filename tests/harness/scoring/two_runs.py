"""Runs written by hand, to be held against each other: metrics by scenario, client and seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from brownout.harness.part import Estimate
from brownout.harness.results import Cell, PlayedScenario, Row, RunFile

Values = Mapping[str, Sequence[float]]
"""Metric -> a figure a seed."""
ANYTHING: dict[str, Any] = {"outcomes": {}, "timeouts": {}, "faults": {}, "transitions": {}}


def run(
    values: Mapping[tuple[str, str], Values], first_seed: int = 1, shas: Mapping[str, str] | None = None, **fields: Any
) -> RunFile:
    """Scenario and client -> metrics. Figures over all seeds are means, infinite where one is."""
    seeds = [first_seed + i for i in range(len(next(iter(next(iter(values.values())).values()))))]
    scenarios = list(dict.fromkeys(scenario for scenario, _ in values))
    made: dict[str, Any] = {
        "kind": "comparison", "created": "2026-01-02T03:04:05+00:00", "environment": {"python": "3.11"},
        "backend": "sim", "time_scale": 1.0, "sample": 1.0, "seeds": seeds, "weights": {}, "clients": [],
        "verdict": "All is well.", "gate": None, "objectives": [], "standings": [], "pairs": [], "layers": [],
        "notes": [], "command": "brownout compare",
        "scenarios": [_scenario(name, (shas or {}).get(name, "0")) for name in scenarios],
        "rows": [_row(*key, metrics) for key, metrics in values.items()],
        "cells": [_cell(*key, metrics, i, seed) for key, metrics in values.items() for i, seed in enumerate(seeds)],
    }  # fmt: skip
    return RunFile.model_validate(made | fields)


def one(metric: str, values: Sequence[float], first_seed: int = 1) -> RunFile:
    """One scenario, one client, one metric."""
    return run({("storm", "mine"): {metric: values}}, first_seed)


def _scenario(name: str, sha: str) -> PlayedScenario:
    return PlayedScenario(
        name=name, about="", sha256=sha, reproduce=name, clients=1, horizon=1.0, end=1.0, deadlines=[1.0], phases=[]
    )


def _row(scenario: str, client: str, metrics: Values) -> Row:
    found = {name: Estimate(value=math.fsum(values) / len(values)) for name, values in metrics.items()}
    return Row(scenario=scenario, client=client, rank=1, is_best=True, metrics=found, absent={}, **ANYTHING)


def _cell(scenario: str, client: str, metrics: Values, i: int, seed: int) -> Cell:
    return Cell(
        key=f"{scenario} {client} {seed}", scenario=scenario, client=client, seed=seed, calls=10, attempts=10,
        metrics={name: values[i] for name, values in metrics.items()}, absent={}, lateness=0.0, **ANYTHING,
    )  # fmt: skip
