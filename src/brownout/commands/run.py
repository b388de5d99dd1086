"""`brownout run`: do the scenarios' objectives hold."""

from __future__ import annotations

import shlex

import click

from brownout.harness.plan import Plan
from brownout.harness.results import Verdict

from .explain import explain
from .playing import Missed, NothingRan, Options, planned, play


def run(options: Options) -> None:
    """Exits 0 if all objectives are met, 99 if one is missed, 5 if there was none to judge."""
    plan = planned(options, "objectives")
    if options.explain is not None:
        explain(plan, options.explain)
        return
    if not any(scenario.objectives for scenario in plan.played_scenarios):
        names = ", ".join(scenario.name for scenario in plan.played_scenarios)
        raise NothingRan(f"no objectives in {names}: nothing to decide; add some, or use `brownout compare`")
    objectives = play(plan, options.out, resume=options.resume).file.objectives
    if all(each.is_met is None for each in objectives):
        raise NothingRan("no objective has a meaning for these clients: nothing was decided")
    missed = [each for each in objectives if each.is_met is False]
    if missed:
        click.echo(f"\nAgain: {plan.command}")
        click.echo(f"One call of the worst: {_worst(plan, missed[0])}")
        raise Missed


def _worst(plan: Plan, missed: Verdict) -> str:
    """The command that shows what a call went through."""
    scenario = next(source.named for source in plan.scenarios if source.value.name == missed.scenario)
    client = next(source.named for source in plan.clients if source.value.name == missed.client)
    seed = str(plan.seeds[0])
    return shlex.join(["brownout", "run", "-s", scenario, "-c", client, "--first-seed", seed, "--explain", "worst"])
