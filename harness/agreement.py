"""How far two backends agree: the same files, seeds and sample, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from .results import Cell, RunFile


@dataclass(frozen=True, slots=True)
class Agreement:
    """One client in one scenario; each pair is (this backend, the other), over all seeds."""

    scenario: str
    client: str
    goodput: tuple[float, float]
    p50: tuple[float, float]
    attempts: tuple[int, int]


def agreement(this: RunFile, other: RunFile) -> list[Agreement]:
    """Raises `ValueError` unless both ran the same scenarios, clients, seeds and sample."""
    for what in ("sample", "seeds", "scenarios", "clients"):
        if getattr(this, what) != getattr(other, what):
            raise ValueError(f"the runs differ in {what}")
    return [
        Agreement(
            row.scenario,
            row.client,
            (row.metrics["goodput"].value, twin.metrics["goodput"].value),
            (row.metrics["p50(latency)"].value, twin.metrics["p50(latency)"].value),
            (_attempts(this.cells, row.scenario, row.client), _attempts(other.cells, row.scenario, row.client)),
        )
        for row, twin in zip(this.rows, other.rows, strict=True)
    ]


def _attempts(cells: list[Cell], scenario: str, client: str) -> int:
    return sum(cell.attempts for cell in cells if cell.scenario == scenario and cell.client == client)
