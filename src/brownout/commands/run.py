"""`brownout run`: do the scenarios' objectives hold, and is nothing worse than it was."""

from __future__ import annotations

from brownout.harness.scoring.verdicts import hardest

from .again import whole, worst_call
from .explain import explain
from .playing import Missed, NothingRan, Options, against_baseline, check_compared, planned, play_given
from .writing import tell


def run(options: Options) -> None:
    """Exits 0 if all objectives are met and nothing is worse than the baseline allows, 99 if not, 5 if there was
    nothing to judge."""
    plan = planned(options, "objectives")
    if options.explain is not None:
        explain(plan, options.explain)
        return
    baseline = against_baseline(options, plan)
    if baseline is None and not any(scenario.objectives for scenario in plan.played_scenarios):
        names = ", ".join(scenario.name for scenario in plan.played_scenarios)
        raise NothingRan(f"no objectives in {names}: nothing to decide; add some, or use `brownout compare`")
    found = play_given(plan, options, baseline)
    if baseline is None and all(each.is_met is None for each in found.objectives):
        raise NothingRan("no objective has a meaning for these clients: nothing was decided")
    missed = [each for each in found.objectives if each.is_met is False]
    if missed or any(change.outcome == "worse" for change in found.changes):
        tell(f"\nAgain: {whole(plan, options.out, options.formats)}")
        if missed and not plan.is_lean:  # to explain a call every record of its run is kept
            tell(f"Its worst call: {worst_call(plan, found.cells, hardest(missed))}")
        raise Missed
    check_compared(baseline, found)
