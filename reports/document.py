"""What every report says, before it has a format: a verdict, tables, notes. So they all show the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from brownout.fakes.units import format_share
from brownout.harness.agreement import Agreement
from brownout.harness.results import PlayedScenario, Row, RunFile
from brownout.harness.scoring import changed
from brownout.harness.views import Waterfall

from . import tables, words
from .again import of_scenario
from .charts.theme import Colours, colours
from .slug import slug
from .table import Table


@dataclass(frozen=True, slots=True)
class Section:
    """Tables that belong together. `again` is a command that makes their numbers, if there is one for them."""

    title: str
    name: str
    """Of an anchor."""
    tables: tuple[Table, ...]
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report."""

    title: str
    verdict: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    facts: dict[str, str] = field(default_factory=dict)
    command: str = ""
    colours: Colours = field(default_factory=dict)
    """Of the clients that charts show."""

    @property
    def tables(self) -> list[Table]:
        """Of all sections."""
        return [table for section in self.sections for table in section.tables]


def document(run: RunFile, agreement: Sequence[Agreement] = ()) -> Document:
    """The report of a run, with how far another backend agrees if that was measured."""
    titles = {"comparison": "Brownout: which configuration holds", "objectives": "Brownout: do the objectives hold"}
    title = titles[run.kind] if run.tuning is None else "Brownout: which values hold best"
    by_client = colours(standing.client for standing in run.standings)
    sections = [
        *([Section("What to set", "tuned", tuple(tables.tuning(run.tuning)))] if run.tuning is not None else []),
        Section("How much load is safe", "stability", tuple(tables.stability(run.stability))),
        Section(
            "Who holds" if run.kind == "comparison" else "What holds", "overview", tuple(_overview(run, by_client))
        ),
        *(_incident(run, scenario, by_client) for scenario in run.scenarios),
        Section("How sure", "how-sure", tuple(_doubts(run, agreement))),
    ]
    found = tuple(section for section in sections if section.tables)
    return Document(title, _verdict(run), found, tuple(run.notes), _facts(run), run.command, by_client)


def _verdict(run: RunFile) -> str:
    """What was decided, in all its parts; what failed comes first, so that the first word says how it ended."""
    parts = []
    if run.tuning is not None:
        parts.append((False, f"Set {words.values(run.tuning.values)}."))
    if run.stability:
        parts.append((False, tables.safe_loads(run.stability)))
    if run.changes:
        parts.append((any(each.outcome == "worse" for each in run.changes), changed.verdict(run.changes)))
    if run.gate is not None:
        word = "held" if run.gate.is_met else "MISSED"
        parts.append((not run.gate.is_met, f"GATE {word} for {run.gate.client}: {run.gate.why}."))
    if run.kind == "comparison" or run.objectives or not parts:
        parts.append((any(each.is_met is False for each in run.objectives) and run.kind == "objectives", run.verdict))
    return " ".join(text for _, text in sorted(parts, key=lambda part: not part[0]))


def _overview(run: RunFile, by_client: Colours) -> Iterable[Table]:
    several = len(run.standings) > 1
    found: list[Table | None] = []
    judged: list[Table | None] = []
    if run.objectives and several:
        judged.append(tables.objectives(run.objectives))
    if run.objectives and (run.kind == "objectives" or not several):
        judged.append(tables.judgements(run.objectives))
    if several:
        found.append(tables.standings(run.standings, by_client))
        found.append(tables.clients(run.clients))
        if len(run.scenarios) > 1:
            found.append(tables.ranks(run))
        found.append(tables.front(run.standings, by_client))
    if run.layers:
        found.append(tables.layers(run.layers))
    ordered = [*judged, *found] if run.kind == "objectives" else [*found, *judged]
    if run.changes:
        ordered.insert(0, tables.changes(run.changes, run.baseline))
    return [table for table in ordered if table is not None]


def _incident(run: RunFile, scenario: PlayedScenario, by_client: Colours) -> Section:
    place = {standing.client: place for place, standing in enumerate(run.standings)}
    rows = sorted((row for row in run.rows if row.scenario == scenario.name), key=lambda row: place[row.client])
    calls = [each for each in run.waterfalls if each.scenario == scenario.name]
    return Section(
        scenario.name,
        f"scenario-{slug(scenario.name)}",
        tuple(table for table in _of_scenario(run, scenario, rows, by_client) if table is not None)
        + ((tables.waterfall(calls, by_client, _sample(run, calls[0])),) if calls else ()),
        of_scenario(run, scenario, calls[0] if calls else None),
    )


def _sample(run: RunFile, call: Waterfall) -> str:
    """From which calls this one was chosen; empty where that was from all."""
    played = call.scenario, call.client, call.seed
    cell = next((cell for cell in run.cells if (cell.scenario, cell.client, cell.seed) == played), None)
    if cell is None or cell.kept is None or cell.kept == cell.calls:
        return ""
    return f"a sample of {cell.kept:,} of {cell.calls:,} calls"


def _of_scenario(
    run: RunFile, scenario: PlayedScenario, rows: Sequence[Row], by_client: Colours
) -> Iterable[Table | None]:
    clients = {client.name: client for client in run.clients}
    yield tables.scenario(scenario, rows)
    yield tables.fleet(scenario, rows, clients)
    yield tables.course(scenario, rows, by_client)
    yield tables.latency(scenario, rows, clients, by_client)
    if any(set(row.outcomes) - {"ok"} or row.timeouts for row in rows):
        yield tables.losses(scenario.name, rows)
    yield tables.costs(scenario, rows, by_client)
    yield tables.every_metric(scenario.name, rows)
    if rows[0].faults:
        yield tables.faults(scenario.name, rows)


def _doubts(run: RunFile, agreement: Sequence[Agreement]) -> Iterable[Table]:
    if len(run.pairs) > 1:
        yield tables.pairs(run.pairs)
    if agreement:
        yield tables.agreement(agreement)


def _facts(run: RunFile) -> dict[str, str]:
    seeds = f"{run.seeds[0]} to {run.seeds[-1]}" if len(run.seeds) > 1 else f"{run.seeds[0]}"
    facts = {"backend": run.backend, "seeds": seeds, "made": run.created} | run.environment
    if run.sample != 1.0:
        facts["sample"] = f"{format_share(run.sample)} of the clients"
    return facts | {f"client {subject.name}": subject.about for subject in run.clients}
