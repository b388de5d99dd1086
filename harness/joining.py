"""Shards of one comparison, by scenarios, by clients or both, joined to what they would have been in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from . import scoring, shards
from .printable import escaped
from .results import PlayedClient, PlayedScenario, Row, RunFile
from .shards import Found, Place
from .store import Played
from .views import Waterfall


def join(runs: Sequence[RunFile]) -> RunFile:
    """One run of several. Rows and cells are kept as they are; what is across clients is scored anew from the cells.

    A cell that is in several runs is taken once. There is no gate, and nothing of a baseline: both count who is there.
    Of calls shown in full those are left whose scenario came whole. Raises `ValueError` for runs that do not belong
    together.
    """
    if not runs:
        raise ValueError("there is no run to join")
    try:
        return _joined(runs)
    except ValueError as error:  # what it says may come from the files
        raise ValueError(escaped(str(error))) from None


def _joined(runs: Sequence[RunFile]) -> RunFile:
    if len(runs) == 1:
        return runs[0]
    shards.check_alike(runs)
    scenarios = shards.subjects("scenario", (run.scenarios for run in runs))
    clients = shards.subjects("client", (run.clients for run in runs))
    origins = shards.origins(runs)
    shards.check_holes(origins, scenarios, [name for name, client in clients.items() if not client.ablates])
    return _scored(runs, scenarios, shards.without_holes(clients, scenarios, origins), origins)


def _scored(
    runs: Sequence[RunFile],
    scenarios: Mapping[str, PlayedScenario],
    clients: Mapping[str, PlayedClient],
    origins: Mapping[Place, Found],
) -> RunFile:
    found = [origins[scenario, client] for scenario in scenarios for client in clients]
    cells = [cell for each in found for cell in each.cells]
    weights = shards.weights(runs)
    played = [Played(cell, b"", b"", b"") for cell in cells]  # no table of calls: nothing here asks for quantiles
    contestants = [name for name, client in clients.items() if not client.ablates]
    figures = scoring.Figures(played, list(scenarios), contestants, weights)
    everybody = scoring.Figures(played, list(scenarios), list(clients), weights)
    rows = scoring.ranked(figures, [each.row for each in found if each.row is not None])
    standings = scoring.standings(figures)
    objectives = [
        verdict for each in found if each.row is not None
        for verdict in each.run.objectives if (verdict.scenario, verdict.client) == (each.row.scenario, each.row.client)
    ]  # fmt: skip
    first = runs[0]
    return first.model_copy(
        update={
            "created": max(run.created for run in runs),
            "weights": figures.weights,
            "scenarios": list(scenarios.values()),
            "clients": list(clients.values()),
            "verdict": scoring.of_comparison(standings, figures.counted, figures.runs)
            + scoring.provisos(figures, standings, objectives)
            if first.kind == "comparison"
            else scoring.of_objectives(objectives, figures.runs),
            "gate": None,
            "baseline": None,
            "changes": [],
            "objectives": objectives,
            "standings": standings,
            "pairs": scoring.pairs(figures),
            "layers": scoring.layers(everybody, *_ablation(clients)),
            "rows": rows,
            "waterfalls": _waterfalls(runs, scenarios, [standing.client for standing in standings]),
            "notes": _notes(runs, rows, contestants),
            "cells": cells,
            "command": "\n".join(dict.fromkeys(run.command for run in runs if run.command)),
        }
    )


def _ablation(clients: Mapping[str, PlayedClient]) -> tuple[str, dict[str, str]]:
    """The client whose layers are left out, and who leaves out which."""
    whole = list(dict.fromkeys(client.ablates for client in clients.values() if client.ablates))
    if len(whole) > 1:
        raise ValueError(f"layers of several clients are left out: {', '.join(whole)}")
    return "".join(whole), {name: client.left_out for name, client in clients.items() if client.ablates}


def _waterfalls(runs: Sequence[RunFile], scenarios: Iterable[str], ranked: Sequence[str]) -> list[Waterfall]:
    """Of scenarios that one run has played with all: of others no call is known that all of them made."""
    found = []
    for scenario in scenarios:
        for run in runs:
            calls = {each.client: each for each in run.waterfalls if each.scenario == scenario}
            if calls.keys() == set(ranked):
                found += [calls[client] for client in ranked]
                break
    return found


def _notes(runs: Sequence[RunFile], rows: Sequence[Row], contestants: Sequence[str]) -> list[str]:
    """What holds of all together, then what was said of a part, each once."""
    replaced = {note for run in runs for note in _of_a_whole(run.rows, len(run.standings), len(run.seeds))}
    kept = [note for run in runs for note in run.notes if note not in replaced]
    gates = [run.gate.client for run in runs if run.gate is not None]
    dropped = [f"The gate of {client} was judged in a part of this run, not in the whole." for client in gates]
    paths = [run.baseline.path for run in runs if run.baseline is not None]
    dropped += [f"A part of this run was held against {path}, the whole was not." for path in paths]
    now = _of_a_whole(rows, len(contestants), len(runs[0].seeds))
    return list(dict.fromkeys((*now, *kept, *dropped)))


def _of_a_whole(rows: Sequence[Row], clients: int, seeds: int) -> list[str]:
    try:
        return [*scoring.check_played(rows), *scoring.few_seeds(clients, seeds)]
    except scoring.Unplayable as error:
        raise ValueError(str(error)) from None
