"""What is drawn of each client in each scenario: its course through time and how long its calls took, all seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .. import course
from ..results import PlayedScenario, Row
from ..statistics.empirical import Empirical, Values
from ..views import Course
from .figures import Figures

STEPS = 200
"""Quantiles of a distribution: one each half percent, which is as much as a chart can show."""


def drawn(figures: Figures, rows: Sequence[Row], scenarios: Sequence[PlayedScenario]) -> list[Row]:
    """The rows with what is drawn of them."""
    by_name = {scenario.name: scenario for scenario in scenarios}
    return [
        row.model_copy(
            update={
                "course": _course(figures, by_name[row.scenario], row.client),
                "latencies": _latencies(figures, row.scenario, row.client),
            }
        )
        for row in rows
    ]


def _course(figures: Figures, scenario: PlayedScenario, client: str) -> Course:
    """The mean over all seeds."""
    runs = list(figures.tables(scenario.name, client, lambda played: played.course, course.COLUMNS))
    total = {name: np.sum([run[name] for run in runs], axis=0) for name in course.COLUMNS}
    edges = runs[0]["edges"]
    each = np.diff(edges) * len(runs)
    has_twin = bool(total["twin_calls"].any())
    return Course(
        edges=edges.tolist(),
        arrivals=_rounded(total["calls"] / each),
        goodput=_shares(total["good"], total["calls"]),
        twin_arrivals=_rounded(total["twin_calls"] / each) if has_twin else [],
        twin=_shares(total["twin_good"], total["twin_calls"]) if has_twin else [],
        attempts=_rounded(total["attempts"] / each),
        in_flight=_rounded(total["busy"] / each),
        open=_rounded(np.minimum(1.0, total["open"] / (each * scenario.clients))) if total["open"].any() else [],
    )


def _latencies(figures: Figures, scenario: str, client: str) -> list[float]:
    """The quantiles of the latency of all calls by steps of half a percent, as far as there are answers."""
    samples = figures.samples(scenario, client, "latency")
    if not samples:
        return []
    pool = Empirical.pooled(samples)
    ranks = np.maximum(1, np.ceil(np.arange(1, STEPS + 1) / STEPS * len(pool) - 1e-9)).astype(int)
    found = (pool.at(rank) for rank in ranks.tolist())
    return [round(value, 4) for value in found if value < math.inf]


def _shares(good: Values, made: Values) -> list[float | None]:
    return [round(float(g / m), 4) if m else None for g, m in zip(good, made, strict=True)]


def _rounded(values: npt.NDArray[np.float64]) -> list[float]:
    """To four digits: more than a chart shows, and a third of the size."""
    return [float(f"{value:.4g}") for value in values]
