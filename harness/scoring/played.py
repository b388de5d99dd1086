"""Whether a scenario meant what it said: that something was called, and that each of its faults took effect."""

from __future__ import annotations

from collections.abc import Sequence

from ..results import Row


class Unplayable(Exception):
    """A scenario that cannot mean what it says: nothing was called, or a fault that never fired anywhere."""


def check_called(scenario: str, seed: int, calls: int) -> None:
    """Raises `Unplayable` for a run without a call: no call at all is no goodput of 100%."""
    if not calls:
        raise Unplayable(f"{scenario}: seed {seed} made no call; it needs more time or a higher rate")


def check_played(rows: Sequence[Row]) -> list[str]:
    """Notes on faults that did not fire in one place; raises `Unplayable` for one that fired nowhere."""
    notes, idle = [], []
    for scenario in dict.fromkeys(row.scenario for row in rows):
        here = [row for row in rows if row.scenario == scenario]
        for name in here[0].faults:
            silent = [row.client for row in here if not row.faults[name].fired]
            if len(silent) == len(here):
                idle.append(f"{scenario}: the fault of {name} fired for no client and no seed: it tests nothing")
            elif silent:
                notes.append(f"{scenario}: the fault of {name} never fired for {', '.join(silent)}")
    if idle:
        raise Unplayable("\n".join(idle))
    return notes
