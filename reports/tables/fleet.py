"""How each part of a fleet fared in a scenario, and under it a fleet of nothing else where one was played, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from brownout.harness.part import Estimate
from brownout.harness.results import PlayedClient, PlayedScenario, Row

from .. import words
from ..table import Table

_SHOWN = {"goodput": "goodput", "p50(latency)": "p50", "p95(latency)": "p95", "amplification": "requests per call"}


def fleet(scenario: PlayedScenario, rows: Sequence[Row], clients: Mapping[str, PlayedClient]) -> Table | None:
    """One row a member, and one a client that is what a member is; None where nobody is a fleet."""
    found = [row for row in rows if row.members and row.client in clients]
    if not found:
        return None
    return Table(
        f"{scenario.name}: each part of a fleet",
        "The figures of the calls that each member's clients made and, where its configuration is a client of its own "
        "here, under them those of all calls when every client has it.",
        ("member", "client", "clients", *(f"{title}, 95% interval" for title in _SHOWN.values())),
        tuple(line for row in found for line in _lines(scenario, row, rows, clients)),
    )


def _lines(
    scenario: PlayedScenario, fleet: Row, rows: Sequence[Row], clients: Mapping[str, PlayedClient]
) -> Iterator[tuple[str, ...]]:
    alone = {clients[row.client].sha256: row for row in rows if row.client in clients}
    for member, known in zip(fleet.members, clients[fleet.client].members, strict=True):
        yield member.name, fleet.client, _count(member.clients, scenario), *_figures(member.metrics)
        if (row := alone.get(known.sha256)) is not None:
            yield member.name, row.client, _count(scenario.clients, scenario), *_figures(row.metrics)


def _count(clients: int, scenario: PlayedScenario) -> str:
    return f"{clients:,} of {scenario.clients:,}"


def _figures(metrics: Mapping[str, Estimate]) -> Iterator[str]:
    return (words.with_bounds(name, metrics[name]) if name in metrics else "–" for name in _SHOWN)
