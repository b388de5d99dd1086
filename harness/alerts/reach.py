"""Whether a rule could have fired at all: as bad as it needs, for as long as it looks."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.fakes.units import format_duration

from ..monitoring.tick import Tick
from ..troubles import Trouble
from .rule import Need, Rule
from .signal import signal
from .windows import Window


def peaks(rule: Rule, ticks: Sequence[Tick], troubles: Sequence[Trouble], step: float) -> list[float]:
    """Of each of its needs the largest share of bad calls in any window of trouble. Nothing without either."""
    needs = rule.needs()
    if not needs or not troubles:
        return []
    sums = signal(rule.of).of
    windows = [Window(need.seconds, step) for need in needs]
    found = [0.0] * len(needs)
    for number, tick in enumerate(ticks, 1):
        both, now = sums(tick), number * step
        is_wrong = any(trouble.begins < now <= trouble.ends for trouble in troubles)
        for place, window in enumerate(windows):
            window.add(both)
            if is_wrong and window.bottom >= needs[place].calls:
                found[place] = max(found[place], window.ratio or 0.0)
    return found


def cannot(rule: Rule, worst: Sequence[float]) -> list[str]:
    """The parts of it that could not fire where their worst windows were as bad as that, and why."""
    return [_told(need, most) for need, most in zip(rule.needs(), worst, strict=False) if most <= need.share]


def _told(need: Need, most: float) -> str:
    part = f"{need.what}: " if need.what else ""
    calls = f"the calls of {format_duration(need.seconds)}"
    return (
        f"{part}needs more than {need.share * 100:.3g}% of {calls} to be bad, and at the worst {most * 100:.3g}% were"
    )
