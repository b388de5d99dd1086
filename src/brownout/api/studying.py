"""Studies of many runs: up to which load a service comes back, and which alert rules call somebody in time."""

from __future__ import annotations

from collections.abc import Iterable
from os import fspath
from typing import TYPE_CHECKING

from brownout.harness import sources
from brownout.harness.client import Client
from brownout.harness.fleet import Fleet
from brownout.harness.frames import Results
from brownout.harness.plan import Plan
from brownout.harness.scenario import Scenario

from .arguments import Named, client_of, configuration_of, each_of, scenario_of

if TYPE_CHECKING:
    from brownout.harness.alerting import AlertsFile


def stability(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Client | Fleet],
    *,
    by: Iterable[str] = ("trouble",),
    seeds: int = 8,
    sample: float = 1.0,
    workers: int = 1,
) -> Results:
    """Up to which load the service comes back after each incident, with each client: `Results.file.stability` has it,
    with maps by load and by what `by` says, the length of the trouble or values of the clients' files
    (`retry.retries=0,1,2,4`); the rest is a comparison under the scenarios' own load.

    Raises `ValueError` for a scenario in which nothing can be seen and for values that cannot be changed, and as
    `compare` does.
    """
    from brownout.harness.stability.study import study

    named = each_of(clients, configuration_of)
    documents = [sources.client_document(each.named) if each.named else None for each in named]
    plan = Plan(each_of(scenarios, scenario_of), named, range(1, seeds + 1), sample=sample, workers=workers)
    return study(plan, documents, list(by))


def alerts(
    rules: Iterable[Named],
    scenarios: Iterable[Named | Scenario],
    client: Named | Client = "guide-stacked",
    *,
    false_alarms: float = 1.0,
    seeds: int = 3,
    workers: int = 1,
) -> AlertsFile:
    """How soon each alert rule calls somebody in each scenario, how often for nothing, and which of them to have for so
    many false alarms in 30 days. Rules are those that are shipped, or files.

    Raises `harness.sources.UnknownName` and `harness.files.FileError`.
    """
    from brownout.harness.alerts.sources import rule
    from brownout.harness.alerts.study import Request, study
    from brownout.harness.tuning.playing import processes

    asked = Request(
        [rule(fspath(each)).value for each in rules],
        [each.value for each in each_of(scenarios, scenario_of)],
        client_of(client).value,
        range(1, seeds + 1),
        false_alarms,
    )
    with processes(workers) as executor:
        return study(asked, executor=executor)
