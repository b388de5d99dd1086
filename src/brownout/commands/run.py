"""`brownout run`: do the scenarios' objectives hold."""

from __future__ import annotations

from brownout.harness.scoring.verdicts import hardest

from .again import worst_call
from .explain import explain
from .playing import Missed, NothingRan, Options, planned, play
from .writing import tell


def run(options: Options) -> None:
    """Exits 0 if all objectives are met, 99 if one is missed, 5 if there was none to judge."""
    plan = planned(options, "objectives")
    if options.explain is not None:
        explain(plan, options.explain)
        return
    if not any(scenario.objectives for scenario in plan.played_scenarios):
        names = ", ".join(scenario.name for scenario in plan.played_scenarios)
        raise NothingRan(f"no objectives in {names}: nothing to decide; add some, or use `brownout compare`")
    found = play(plan, options.out, resume=options.resume).file
    if all(each.is_met is None for each in found.objectives):
        raise NothingRan("no objective has a meaning for these clients: nothing was decided")
    missed = [each for each in found.objectives if each.is_met is False]
    if missed:
        tell(f"\nAgain: {plan.command}")
        tell(f"Its worst call: {worst_call(plan, found.cells, hardest(missed))}")
        raise Missed
