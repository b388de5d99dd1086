"""Runs that are to be joined: whether they belong together, and which of them has what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .files.suggest import quoted
from .results import Cell, PlayedClient, PlayedScenario, Row, RunFile

_ALIKE = ("schema_version", "kind", "backend", "time_scale", "sample", "seeds", "environment")
"""What must be the same in all: the environment, too, or clients would be told apart by a library's version."""
Subject = TypeVar("Subject", PlayedScenario, PlayedClient)
Place = tuple[str, str]
"""A scenario and a client."""


def check_alike(runs: Sequence[RunFile]) -> None:
    """Raises `ValueError` that says what differs."""
    first = runs[0]
    for name in _ALIKE:
        one = getattr(first, name)
        for run in runs[1:]:
            if (other := getattr(run, name)) != one:
                raise ValueError(f"{name.replace('_', ' ')} differs: {_difference(one, other)}")


def _difference(one: object, other: object) -> str:
    """Both; of mappings only what differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        return "; ".join(
            f"{name} {one.get(name, 'none')} and {other.get(name, 'none')}"
            for name in dict.fromkeys((*one, *other))
            if one.get(name) != other.get(name)
        )
    return f"{one} and {other}"


def subjects(what: str, given: Iterable[Sequence[Subject]]) -> dict[str, Subject]:
    """All of them by name, in the order in which they come. How one is named again may differ by folder."""
    found: dict[str, Subject] = {}
    for each in (subject for subjects in given for subject in subjects):
        known = found.setdefault(each.name, each)
        if known.model_copy(update={"reproduce": each.reproduce}) != each:
            raise ValueError(f"two {what}s are called {quoted(each.name)}, and are not the same")
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A client in a scenario, as one run has it: all that is said of the two comes from there."""

    run: RunFile
    cells: list[Cell]
    row: Row | None
    """None for a client that leaves out a layer."""


def origins(runs: Sequence[RunFile]) -> dict[Place, Found]:
    """From the first run that has it; whoever has it as well must have the same."""
    found: dict[Place, Found] = {}
    for run in runs:
        rows = {(row.scenario, row.client): row for row in run.rows}
        for place, cells in _cells(run).items():
            known = found.setdefault(place, Found(run, cells, rows.get(place)))
            for one, other in zip(known.cells, cells, strict=True):
                if one.key != other.key:
                    here = f"{place[0]} with {place[1]}, seed {one.seed}"
                    raise ValueError(f"{here}: played twice, and not under the same conditions")
    return found


def _cells(run: RunFile) -> dict[Place, list[Cell]]:
    """By scenario and client, in the order of seeds, where every seed is there."""
    found: dict[Place, dict[int, Cell]] = {}
    for cell in run.cells:
        found.setdefault((cell.scenario, cell.client), {})[cell.seed] = cell
    return {
        place: [cells[seed] for seed in run.seeds] for place, cells in found.items() if cells.keys() == set(run.seeds)
    }


def check_holes(origins: Mapping[Place, Found], scenarios: Iterable[str], contestants: Sequence[str]) -> None:
    """Raises `ValueError` that names every scenario with every client that nobody has."""
    order = [(scenario, client) for scenario in scenarios for client in contestants]
    holes = [place for place in order if place not in origins or origins[place].row is None]
    if holes:
        raise ValueError(f"not played, or not whole: {', '.join(f'{s} with {c}' for s, c in holes)}")


def without_holes(
    clients: Mapping[str, PlayedClient], scenarios: Iterable[str], origins: Mapping[Place, Found]
) -> dict[str, PlayedClient]:
    """Contestants first. A client that leaves out a layer goes if a scenario was not played with it: the SDK refuses
    some of them, and one run of all scenarios would not have had it either."""
    names = list(scenarios)
    variants = {name: client for name, client in clients.items() if client.ablates}
    whole = {name: each for name, each in variants.items() if all((place, name) in origins for place in names)}
    return {name: client for name, client in clients.items() if name not in variants} | whole


def weights(runs: Sequence[RunFile]) -> dict[str, float]:
    """By scenario, for the ranking. Raises `ValueError` where one has two."""
    found: dict[str, float] = {}
    for scenario, weight in (pair for run in runs for pair in run.weights.items()):
        if found.setdefault(scenario, weight) != weight:
            raise ValueError(f"weight of {scenario} differs: {found[scenario]:g} and {weight:g}")
    return found
