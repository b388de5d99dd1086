"""How each member of a fleet fared: the figures of the whole, of the calls that its own clients made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ..interleaving import interleaved
from ..part import Estimate
from ..results import MemberRow, PlayedClient, PlayedScenario, Row
from ..tables import Column
from .estimates import estimate, pooled
from .figures import Figures

_COLUMNS = ("client_number", "good", "attempts", "latency")


def with_members(
    figures: Figures, rows: Sequence[Row], scenarios: Sequence[PlayedScenario], clients: Sequence[PlayedClient]
) -> list[Row]:
    """The rows, those of fleets with their members."""
    numbers = {scenario.name: scenario.clients for scenario in scenarios}
    fleets = {client.name: client for client in clients if client.members}
    return [
        row.model_copy(update={"members": _members(figures, row, fleets[row.client], numbers[row.scenario])})
        if row.client in fleets
        else row
        for row in rows
    ]


def _members(figures: Figures, row: Row, fleet: PlayedClient, clients: int) -> list[MemberRow]:
    places = np.array(interleaved(tuple(member.share for member in fleet.members), clients))
    runs = list(figures.tables(row.scenario, row.client, lambda played: played.calls, _COLUMNS))
    return [
        MemberRow(name=member.name, clients=int(np.sum(places == i)), metrics=_measured(runs, places == i))
        for i, member in enumerate(fleet.members)
    ]


def _measured(runs: Sequence[Mapping[str, Column]], is_its: npt.NDArray[np.bool_]) -> dict[str, Estimate]:
    """`is_its`: of each client number, whether it is one of the member's. Of runs in which those made no call nothing
    is known of it; of none at all there is no figure."""
    of_its = [{name: run[name][is_its[run["client_number"]]] for name in _COLUMNS} for run in runs]
    its = [run for run in of_its if len(run["good"])]
    if not its:
        return {}
    latencies = [np.sort(run["latency"]) for run in its]
    return {
        "goodput": estimate([float(np.mean(run["good"])) for run in its], most=1.0),
        "p50(latency)": pooled(latencies, 0.5),
        "p95(latency)": pooled(latencies, 0.95),
        "amplification": estimate([float(np.mean(run["attempts"])) for run in its]),
    }
