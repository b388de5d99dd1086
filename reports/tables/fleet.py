"""How each part of a fleet fared in a scenario, and under it a fleet of nothing else where one was played, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from brownout.harness.part import Estimate
from brownout.harness.results import PlayedClient, PlayedScenario, Row

from .. import words
from ..table import Table

_OTHERS = {
    "p50(latency)": "p50, 95% interval",
    "p95(latency)": "p95, 95% interval",
    "amplification": "requests per call, 95% interval",
}
"""Metrics besides goodput, and the heads of their columns."""


def fleet(scenario: PlayedScenario, rows: Sequence[Row], clients: Mapping[str, PlayedClient]) -> Table | None:
    """One row a member, and one a client that is what a member is; None where nobody is a fleet."""
    found = [row for row in rows if row.members and row.client in clients]
    if not found:
        return None
    return Table(
        f"{scenario.name}: each part of a fleet",
        "The figures of the calls that each member's clients made and, where its configuration is a client of its own "
        "here, under them those of all calls when every client has it. Points gained: of goodput, by the very clients "
        "that are this member, over what they have there, seed by seed.",
        (*("member", "client", "clients", "goodput, 95% interval", "points gained, 95% interval"), *_OTHERS.values()),
        tuple(line for row in found for line in _lines(scenario, row, rows, clients)),
    )


def _lines(
    scenario: PlayedScenario, fleet: Row, rows: Sequence[Row], clients: Mapping[str, PlayedClient]
) -> Iterator[tuple[str, ...]]:
    alone = {clients[row.client].sha256: row for row in rows if row.client in clients}
    for member, known in zip(fleet.members, clients[fleet.client].members, strict=True):
        yield member.name, fleet.client, *_figures(member.clients, scenario, member.metrics, _gained(member.gained))
        if (row := alone.get(known.sha256)) is not None:
            yield member.name, row.client, *_figures(scenario.clients, scenario, row.metrics, "–")


def _figures(clients: int, scenario: PlayedScenario, metrics: Mapping[str, Estimate], gained: str) -> Iterator[str]:
    yield f"{clients:,} of {scenario.clients:,}"
    yield _with_bounds(metrics, "goodput")
    yield gained
    yield from (_with_bounds(metrics, name) for name in _OTHERS)


def _gained(found: Estimate | None) -> str:
    if found is None:
        return "–"
    points = words.points(found.value)
    return points if found.low is None else f"{points} ({words.point_bounds(found)})"


def _with_bounds(metrics: Mapping[str, Estimate], name: str) -> str:
    return words.with_bounds(name, metrics[name]) if name in metrics else "–"
