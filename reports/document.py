"""What every report says, before it has a format: a verdict, tables, notes. So they all show the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from brownout.fakes.units import format_share
from brownout.harness.agreement import Agreement
from brownout.harness.results import RunFile

from . import tables
from .table import Table


@dataclass(frozen=True, slots=True)
class Document:
    """A report."""

    title: str
    verdict: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    facts: dict[str, str] = field(default_factory=dict)
    command: str = ""


def document(run: RunFile, agreement: Sequence[Agreement] = ()) -> Document:
    """The report of a run, with how far another backend agrees if that was measured."""
    titles = {"comparison": "Brownout: which configuration holds", "objectives": "Brownout: do the objectives hold"}
    verdict = run.verdict
    if run.gate is not None:
        verdict = f"GATE {'held' if run.gate.is_met else 'MISSED'} for {run.gate.client}: {run.gate.why}. {verdict}"
    return Document(
        titles[run.kind], verdict, tuple(_tables(run, agreement)), tuple(run.notes), _facts(run), run.command
    )


def _tables(run: RunFile, agreement: Sequence[Agreement]) -> list[Table]:
    several = len(run.standings) > 1
    objectives, found = [], []
    if run.objectives and several:
        objectives.append(tables.objectives(run.objectives))
    if run.objectives and (run.kind == "objectives" or not several):
        objectives.append(tables.judgements(run.objectives))
    if several:
        found.append(tables.standings(run.standings))
    if several and len(run.scenarios) > 1:
        found.append(tables.ranks(run))
    if run.layers:
        found.append(tables.layers(run.layers))
    found = [*objectives, *found] if run.kind == "objectives" else [*found, *objectives]
    order = {standing.client: place for place, standing in enumerate(run.standings)}
    for scenario in run.scenarios:
        here = sorted((row for row in run.rows if row.scenario == scenario.name), key=lambda row: order[row.client])
        found.append(tables.scenario(scenario, here))
        if any(set(row.outcomes) - {"ok"} or row.timeouts for row in here):
            found.append(tables.losses(scenario.name, here))
        found.append(tables.every_metric(scenario.name, here))
        if here[0].faults:
            found.append(tables.faults(scenario.name, here))
    if len(run.pairs) > 1:
        found.append(tables.pairs(run.pairs))
    if agreement:
        found.append(tables.agreement(agreement))
    return found


def _facts(run: RunFile) -> dict[str, str]:
    seeds = f"{run.seeds[0]} to {run.seeds[-1]}" if len(run.seeds) > 1 else f"{run.seeds[0]}"
    facts = {"backend": run.backend, "seeds": seeds, "made": run.created} | run.environment
    if run.sample != 1.0:
        facts["sample"] = f"{format_share(run.sample)} of the clients"
    return facts | {f"client {subject.name}": subject.about for subject in run.clients}
