"""How each member of a fleet fared: the figures of the whole, of the calls that its own clients made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ..interleaving import interleaved
from ..part import Estimate
from ..results import MemberRow, PlayedClient, PlayedScenario, Row
from ..tables import Column
from .estimates import estimate, paired, pooled
from .figures import Figures

_COLUMNS = ("client_number", "good", "attempts", "latency")
_Run = Mapping[str, Column]


def with_members(
    figures: Figures, rows: Sequence[Row], scenarios: Sequence[PlayedScenario], clients: Sequence[PlayedClient]
) -> list[Row]:
    """The rows, those of fleets with their members."""
    numbers = {scenario.name: scenario.clients for scenario in scenarios}
    fleets = {client.name: client for client in clients if client.members}
    alone = {client.sha256: client.name for client in clients if client.name in figures.clients}
    return [
        row.model_copy(update={"members": _members(figures, row, fleets[row.client], numbers[row.scenario], alone)})
        if row.client in fleets
        else row
        for row in rows
    ]


def _members(
    figures: Figures, row: Row, fleet: PlayedClient, clients: int, alone: Mapping[str, str]
) -> list[MemberRow]:
    """`alone`: who is compared, by what it is."""
    places = np.array(interleaved(tuple(member.share for member in fleet.members), clients))
    found = []
    for i, member in enumerate(fleet.members):
        its = _runs(figures, row.scenario, row.client, places == i)
        other = alone.get(member.sha256, "")
        found.append(
            MemberRow(
                name=member.name,
                clients=int(np.sum(places == i)),
                metrics=_measured(its),
                gained=_gained(its, _runs(figures, row.scenario, other, places == i)) if other else None,
            )
        )
    return found


def _runs(figures: Figures, scenario: str, client: str, is_its: npt.NDArray[np.bool_]) -> list[_Run]:
    """Of each run the calls of those clients, by their numbers."""
    runs = figures.tables(scenario, client, lambda played: played.calls, _COLUMNS)
    return [{name: run[name][is_its[run["client_number"]]] for name in _COLUMNS} for run in runs]


def _measured(runs: Sequence[_Run]) -> dict[str, Estimate]:
    """Over the runs in which there was a call; of none there is no figure."""
    its = [run for run in runs if len(run["good"])]
    if not its:
        return {}
    latencies = [np.sort(run["latency"]) for run in its]
    return {
        "goodput": estimate([_mean(run, "good") for run in its], most=1.0),
        "p50(latency)": pooled(latencies, 0.5),
        "p95(latency)": pooled(latencies, 0.95),
        "amplification": estimate([_mean(run, "attempts") for run in its]),
    }


def _gained(runs: Sequence[_Run], alone: Sequence[_Run]) -> Estimate | None:
    """How much more goodput the same clients have than under the same seeds where all others are like them."""
    pairs = [(run, than) for run, than in zip(runs, alone, strict=True) if len(run["good"]) and len(than["good"])]
    if not pairs:
        return None
    return paired(*([_mean(each, "good") for each in side] for side in zip(*pairs, strict=True)))


def _mean(run: _Run, column: str) -> float:
    return float(np.mean(run[column]))
