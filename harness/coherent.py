"""Whether a file of results hangs together: what every report takes for granted of the run that it is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

from . import objectives, rules
from .files.suggest import quoted
from .metrics import metric

if TYPE_CHECKING:
    from .results import Cell, Change, RunFile, Verdict

Problems = Iterable[str]


def problem(run: RunFile) -> str | None:
    """The first thing that does not hang together, after the place where it is: `rows.3: no client "x"`."""
    return next((found for check in _CHECKS for found in check(run)), None)


def _names(run: RunFile) -> Problems:
    """No two of one name, and weights of all."""
    yield from _twice("scenarios", [each.name for each in run.scenarios])
    yield from _twice("clients", [each.name for each in run.clients])
    yield from _twice("seeds", run.seeds)
    if set(run.weights) != {each.name for each in run.scenarios}:
        yield "weights: expected one of each scenario, and no others"
    if not any(run.weights.values()):
        yield "weights: all are 0"


def _standings(run: RunFile) -> Problems:
    """Of clients that there are. Who is compared has a row in every scenario, and nobody else has one."""
    compared = [each.client for each in run.standings]
    if not compared or not run.scenarios:
        yield "standings: nobody was compared in anything"
    yield from _unknown("standings", compared, run)
    yield from _twice("standings", compared)
    places = [(row.scenario, row.client) for row in run.rows]
    yield from _twice("rows", places)
    wanted = {(scenario.name, client) for scenario in run.scenarios for client in compared}
    for i, place in enumerate(places):
        if place not in wanted:
            yield f"rows.{i}: {quoted(place[1])} was not compared in {quoted(place[0])}"
    for scenario, client in sorted(wanted - set(places)):
        yield f"rows: none of {quoted(client)} in {quoted(scenario)}"
    for i, row in enumerate(run.rows):
        yield from _metrics(f"rows.{i}.metrics", (*row.metrics, *row.absent))
        if "goodput" not in row.metrics:
            yield f"rows.{i}.metrics: no goodput"
    faults = {row.scenario: set(row.faults) for row in run.rows}
    for i, row in enumerate(run.rows):
        if set(row.faults) != faults[row.scenario]:
            yield f"rows.{i}.faults: not those of the other clients in {quoted(row.scenario)}"
    for i, pair in enumerate(run.pairs):
        yield from _among(f"pairs.{i}", "client", (pair.better, pair.worse), compared)
    if run.gate is not None:
        yield from _among("gate", "client", [run.gate.client], compared)
    for i, call in enumerate(run.waterfalls):
        yield from _among(f"waterfalls.{i}", "scenario", [call.scenario], [each.name for each in run.scenarios])
        yield from _among(f"waterfalls.{i}", "client", [call.client], compared)


def _fleets(run: RunFile) -> Problems:
    """Their members are those that they were played with."""
    members = {client.name: [member.name for member in client.members] for client in run.clients}
    for name, found in members.items():
        yield from _twice(f"clients: members of {quoted(name)}", found)
    for i, row in enumerate(run.rows):
        if row.members and [member.name for member in row.members] != members[row.client]:
            yield f"rows.{i}.members: not those of {quoted(row.client)}"
        for member in row.members:
            yield from _metrics(f"rows.{i}.members", member.metrics)


def _judged(run: RunFile) -> Problems:
    """Objectives and changes: of what was played, by lines that can be read."""
    rows = {(row.scenario, row.client) for row in run.rows}
    told = [
        *((f"objectives.{i}", each.scenario, each.client, _objective(each)) for i, each in enumerate(run.objectives)),
        *((f"changes.{i}", each.scenario, each.client, _change(each)) for i, each in enumerate(run.changes)),
    ]
    for where, scenario, client, wrong in told:
        if (scenario, client) not in rows:
            yield f"{where}: {quoted(client)} was not compared in {quoted(scenario)}"
        if wrong is not None:
            yield f"{where}: {wrong}"


def _objective(each: Verdict) -> str | None:
    try:
        asked = objectives.parse(each.objective)
    except objectives.ObjectiveError as error:
        return f"{quoted(each.objective)}: {error}"
    if asked.metric != each.metric:
        return f"{quoted(each.objective)} is not of {quoted(each.metric)}"
    if each.is_met is not None and (each.value is None or each.margin is None):
        return "judged, and has no value or no margin"
    return None


def _change(each: Change) -> str | None:
    try:
        rule = rules.parse(each.rule)
    except rules.RuleError as error:
        return f"{quoted(each.rule)}: {error}"
    if (rule.metric, rule.unit) != (each.metric, each.unit):
        return f"{quoted(each.rule)} is not of {quoted(each.metric)} in {each.unit}"
    return None


def _parts(run: RunFile) -> Problems:
    """Layers and cells: of what was played, under the seeds that there were."""
    scenarios, clients = [each.name for each in run.scenarios], [each.name for each in run.clients]
    for i, layer in enumerate(run.layers):
        yield from _among(f"layers.{i}", "client", [layer.client], clients)
        yield from _among(f"layers.{i}", "scenario", [layer.scenario], ["", *scenarios])
    yield from _twice("layers", [(each.left_out, each.scenario) for each in run.layers])
    there = {(each.left_out, each.scenario) for each in run.layers}
    for left_out in dict.fromkeys(each.left_out for each in run.layers):
        for scenario in ["", *scenarios]:
            if (left_out, scenario) not in there:
                yield f"layers: nothing of {quoted(left_out)} in {quoted(scenario)}"
    yield from _twice("cells", [_place(cell) for cell in run.cells])
    known = {(scenario, client, seed) for scenario in scenarios for client in clients for seed in run.seeds}
    for i, cell in enumerate(run.cells):
        if _place(cell) not in known:
            yield f"cells.{i}: {quoted(cell.client)} was not played in {quoted(cell.scenario)} under seed {cell.seed}"
        yield from _metrics(f"cells.{i}.metrics", cell.metrics)


def _tuned(run: RunFile) -> Problems:
    """Of clients that are compared, by metrics that there are."""
    if run.tuning is None:
        return
    tuning = run.tuning
    yield from _unknown("tuning", [tuning.client, *([tuning.instead_of] if tuning.gain is not None else [])], run)
    measured = [tuning.metrics, *(each.metrics for each in tuning.front)]
    measured += [step.metrics for curve in tuning.curves for step in curve.steps]
    yield from _metrics("tuning", dict.fromkeys([tuning.goal, *tuning.gains, *chain.from_iterable(measured)]))
    for limit in tuning.limits:
        try:
            objectives.parse(limit)
        except objectives.ObjectiveError as error:
            yield f"tuning.limits: {quoted(limit)}: {error}"


def _stable(run: RunFile) -> Problems:
    """Of what was compared."""
    scenarios = [each.name for each in run.scenarios]
    for i, each in enumerate(run.stability):
        yield from _unknown(f"stability.{i}", [each.client], run)
        yield from _among(f"stability.{i}", "scenario", [each.scenario], scenarios)
    yield from _twice("stability", [(each.scenario, each.client) for each in run.stability])


def _place(cell: Cell) -> tuple[str, str, int]:
    return cell.scenario, cell.client, cell.seed


def _unknown(where: str, names: Iterable[str], run: RunFile) -> Problems:
    yield from _among(where, "client", names, [each.name for each in run.clients])


def _among(where: str, what: str, names: Iterable[str], known: Iterable[str]) -> Problems:
    there = set(known)
    yield from (f"{where}: no {what} {quoted(name)}" for name in names if name not in there)


def _twice(where: str, found: Iterable[Hashable]) -> Problems:
    for each, times in Counter(found).items():
        if times > 1:
            named = each if isinstance(each, tuple) else (each,)
            yield f"{where}: {' '.join(quoted(str(part)) for part in named)} is there {times} times"


def _metrics(where: str, names: Iterable[str]) -> Problems:
    for name in names:
        try:
            metric(name)
        except KeyError:
            yield f"{where}: unknown metric {quoted(name)}"


_CHECKS: tuple[Callable[[RunFile], Problems], ...] = (_names, _standings, _fleets, _judged, _parts, _tuned, _stable)
