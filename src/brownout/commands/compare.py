"""`brownout compare`: which client holds, and whether one holds less than it did."""

from __future__ import annotations

from collections.abc import Sequence

from .again import whole
from .explain import explain
from .playing import Missed, Options, against_baseline, check_compared, planned, play_given
from .writing import tell


def compare(options: Options, gate: str, ablate: str, weights: Sequence[tuple[str, float]]) -> None:
    """Exits 0 once it ran; 99 if the client of a gate is surely beaten, or one is worse than the baseline allows; 5 if
    nothing could be compared with it, or seen."""
    plan = planned(options, "comparison", gate=gate, ablate=ablate, weights=weights)
    if options.explain is not None:
        explain(plan, options.explain)
        return
    baseline = against_baseline(options, plan)
    found = play_given(plan, options, baseline)
    is_beaten = found.gate is not None and not found.gate.is_met
    if is_beaten or any(change.outcome == "worse" for change in found.changes):
        tell(f"\nAgain: {whole(plan, options.out, options.formats)}")
        raise Missed
    check_compared(baseline, found)
