"""`brownout compare`: which client holds."""

from __future__ import annotations

from collections.abc import Sequence

from .explain import explain
from .playing import Missed, Options, planned, play
from .writing import tell


def compare(options: Options, gate: str, ablate: str, weights: Sequence[tuple[str, float]]) -> None:
    """Exits 0 once it ran; 99 if the client of a gate is surely beaten."""
    plan = planned(options, "comparison", gate=gate, ablate=ablate, weights=weights)
    if options.explain is not None:
        explain(plan, options.explain)
        return
    found = play(plan, options.out, resume=options.resume).file.gate
    if found is not None and not found.is_met:
        tell(f"\nAgain: {plan.command}")
        raise Missed
