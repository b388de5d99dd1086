"""Finished cells written by hand: a client's score and goodput by seed, and what else a test wants to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from brownout.harness import tables
from brownout.harness.metrics import METRICS
from brownout.harness.results import Cell, FaultCount
from brownout.harness.scoring import Figures
from brownout.harness.store import Played

STALL = "phase 1: stall"


def cell(client: str, seed: int, score: float = 0.5, scenario: str = "storm", **fields: Any) -> Cell:
    """Every metric is 2.0 but the score, goodput, and those given as `metrics`."""
    made: dict[str, Any] = {
        "key": f"{scenario} {client} {seed}",
        "calls": 10,
        "attempts": 12,
        "absent": {},
        "outcomes": {"ok": 8, "deadline": 2},
        "timeouts": {"total": 2},
        "faults": {STALL: FaultCount(planned=5, fired=1)},
        "transitions": {"closed to open": 1},
        "lateness": 0.0,
    }
    given = fields.pop("metrics", {})
    metrics = {**dict.fromkeys(METRICS, 2.0), "par2": score, "rmst_share": score, "goodput": 1.0 - score, **given}
    absent = fields.get("absent", {})
    return Cell(
        scenario=scenario,
        client=client,
        seed=seed,
        metrics={name: value for name, value in metrics.items() if name not in absent},
        **(made | fields),
    )


def played(made: Cell, latencies: Sequence[float] = (1.0, 2.0)) -> Played:
    """The cell with a table of calls in which every time is one of these."""
    column = np.array(latencies, dtype=float)
    return Played(made, tables.pack({"latency": column, "ttft": column, "largest_gap": column}), b"", b"")


def runs(scores: Mapping[str, Sequence[float]], scenario: str = "storm") -> list[Cell]:
    """One scenario; each client's score by seed."""
    return [cell(client, seed, s, scenario) for client, found in scores.items() for seed, s in enumerate(found)]


def figures(cells: Sequence[Cell], weights: dict[str, float] | None = None) -> Figures:
    """Scenarios and clients in the order in which they come."""
    scenarios, clients = (dict.fromkeys(getattr(each, of) for each in cells) for of in ("scenario", "client"))
    return Figures(map(played, cells), list(scenarios), list(clients), weights)


def scored(weights: dict[str, float] | None = None, /, **scores: Sequence[float]) -> Figures:
    """One scenario."""
    return figures(runs(scores), weights)
