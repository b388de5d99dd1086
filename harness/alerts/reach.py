"""Whether a rule could have fired at all: as bad as it needs, for as long as it looks."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.fakes.units import format_duration

from ..monitoring.tick import Tick
from ..troubles import Trouble
from .rule import Rule
from .signal import signal
from .windows import Window


def peak(rule: Rule, ticks: Sequence[Tick], troubles: Sequence[Trouble], step: float) -> float | None:
    """The largest share of bad calls in any window of trouble, as long as the rule's shortest; None for rules that
    need no share, or without any trouble."""
    of = getattr(rule, "of", None)
    if rule.needs() is None or of is None or not troubles:
        return None
    found, window = 0.0, Window(rule.shortest, step)
    sums = signal(of).of
    spans = [(trouble.begins, trouble.ends) for trouble in troubles]
    for number, tick in enumerate(ticks, 1):
        window.add(sums(tick))
        now = number * step
        if any(begins < now <= ends for begins, ends in spans):
            found = max(found, window.ratio or 0.0)
    return found


def cannot(rule: Rule, worst: float | None) -> str:
    """Why it could not fire where the worst window was as bad as that; empty if it could."""
    needs = rule.needs()
    if needs is None or worst is None or worst > needs:
        return ""
    return (
        f"it needs more than {needs:.3g} of the calls of {format_duration(rule.shortest)} to be bad, as a share of "
        f"one, and at the worst {worst:.3g} were"
    )
