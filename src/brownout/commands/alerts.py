"""`brownout alerts`: which alert rules call somebody in time, and how often for nothing."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from brownout import scenarios as shipped
from brownout.harness import again
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.study import Request, study
from brownout.harness.client import Client
from brownout.harness.fleet import Fleet
from brownout.harness.scenario import Scenario
from brownout.harness.scoring import Unplayable
from brownout.harness.sources import Source
from brownout.harness.tuning.playing import processes
from brownout.reports.alerts import AlertsReport, write

from .loading import load
from .playing import CannotRun, cores
from .progress import progress
from .rules import load_rules
from .writing import tell, tell_report, try_out, writing

MONTHS = "months"
"""The folder for what was played, which is not played again."""


def alerts(
    rules: Sequence[str],
    scenarios: Sequence[str],
    client: str,
    wanted: float,
    seeds: int,
    first_seed: int,
    workers: int | None,
    out: Path,
) -> None:
    """Exits 0 once it ran, 2 for files and options that make no sense."""
    found = load_rules(rules)
    played, [contestant] = load(scenarios or list(shipped.months()), (client,))
    asked = Request(
        [source.value for source in found],
        [_alone(source.value) for source in played],
        _simulated(contestant.value),
        range(first_seed, first_seed + seeds),
        wanted,
        _command(found, played, contestant.named, wanted, seeds, first_seed),
    )
    try_out(out)
    try:
        with (
            writing(out),
            processes(workers or cores()) as executor,
            progress("Playing", len(played) * seeds) as step,
        ):
            report = AlertsReport(study(asked, out / MONTHS, executor, step))
            tell_report(report)
            for path in write(report, out):
                tell(f"Wrote {path}")
    except Unplayable as error:
        raise CannotRun(str(error)) from None


def _alone(scenario: Scenario) -> Scenario:
    if scenario.horizon < 600.0:
        raise click.UsageError(
            f"{scenario.name} lasts {scenario.horizon:g} s: rules are evaluated once a minute, and need more than ten"
        )
    return scenario


def _simulated(contestant: object) -> Client | Fleet:
    if not isinstance(contestant, Client | Fleet):
        raise click.UsageError("-c: a program cannot be played for weeks: give a client's file")
    return contestant


def _command(
    rules: Sequence[Source[RuleFile]],
    scenarios: Sequence[Source[Scenario]],
    client: str,
    wanted: float,
    seeds: int,
    first_seed: int,
) -> str:
    words = ["brownout", "alerts"]
    words += [word for source in rules for word in ("-r", source.named)]
    words += [word for source in scenarios for word in ("-s", source.named)]
    words += ["-c", client, "--false-alarms", again.number(wanted)]
    return shlex.join([*words, "--seeds", str(seeds), "--first-seed", str(first_seed)])
