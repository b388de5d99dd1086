"""All of it: every client surveyed in every scenario, beside a comparison of them under the scenarios' own load."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

from ..client import Client
from ..files import Document
from ..fleet import Configuration, Fleet
from ..frames import Results
from ..plan import Plan
from ..program import Contestant
from ..run import run
from ..scenario import Scenario
from ..store import Store
from ..tuning.opening import opened
from ..tuning.playing import processes
from ..tuning.space import Space
from .survey import LOADS, Row, Survey, by_trouble

TROUBLE = "trouble"


def study(
    plan: Plan,
    documents: Sequence[Document | None] = (),
    by: Sequence[str] = (TROUBLE,),
    *,
    loads: Sequence[float] = LOADS,
    store: Store | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> Results:
    """`by`: what the rows of a diagram are, `trouble` or values of the clients' files, `retry.retries=0,1,2,4`, which
    are `documents` in the order of the plan's clients. `progress` is told what comes next.

    Raises `ValueError` for a scenario in which nothing can be seen, for values that cannot be opened, and for programs;
    and as `run` does.
    """
    plan.check()
    clients = [_client(source.value) for source in plan.clients]
    places = list(product(plan.played_scenarios, zip(clients, documents or [None] * len(clients), strict=True)))
    rows = [[_rows(scenario, client, document, each) for each in by] for scenario, (client, document) in places]
    found = []
    with processes(plan.workers) as executor:
        survey = Survey(plan.seeds, loads, map if executor is None else executor.map)
        for (scenario, (client, _)), diagrams in zip(places, rows, strict=True):
            progress(f"{client.name} in {scenario.name}")
            drawn = [survey.diagram(_name(each), lines) for each, lines in zip(by, diagrams, strict=True)]
            found.append(survey.stability(scenario, client, drawn))
        progress("a comparison under the scenarios' own load")
        results = run(replace(plan, backend="sim"), store, executor=executor)
    notes = [*results.file.notes, *map(_few_calls, filter(_has_few_calls, plan.played_scenarios))]
    results.file = results.file.model_copy(update={"stability": found, "notes": notes})
    return results


def _has_few_calls(scenario: Scenario) -> bool:
    """So few that a single one, if it is lost, makes a window of the recovery one in which it is not back."""
    return scenario.recovery.share < 1.0 and _calls(scenario) < _least(scenario)


def _few_calls(scenario: Scenario) -> str:
    return (
        f"{scenario.name}: too few calls to tell whether it comes back: a window of {scenario.recovery.window:g} s has "
        f"about {_calls(scenario):.0f} under the scenario's own load, and of fewer than {_least(scenario)} a single "
        "one that is lost makes it one that is not back; take a larger sample, or a longer window of recovery."
    )


def _calls(scenario: Scenario) -> float:
    """In a window."""
    return (scenario.workload.mean_rate(scenario.horizon) or 0.0) * scenario.recovery.window


def _least(scenario: Scenario) -> int:
    return math.ceil(1.0 / (1.0 - scenario.recovery.share) - 1e-9)


def _client(value: Contestant) -> Configuration:
    if isinstance(value, Client | Fleet):
        return value
    raise ValueError("a program cannot be surveyed: so many runs are for the simulator")


def _name(by: str) -> str:
    return by.partition("=")[0].strip()


def _rows(scenario: Scenario, client: Configuration, document: Document | None, by: str) -> list[Row]:
    name, values = _name(by), by.partition("=")[2]
    if name == TROUBLE:
        return by_trouble(scenario, client)
    if document is None:
        raise ValueError(f"{name}: {client.name} has no file in which it could be changed")
    space = Space.of(opened(document, [f"{name}=[{values}]"]))
    if len(space.parameters) > 1:
        raise ValueError(f"{client.name} leaves something open itself: tune it first")
    [parameter] = space.parameters
    points = (float(i) for i in range(len(parameter.choices)))
    return [Row(parameter.written(point), scenario, space.client((point,))) for point in points]
