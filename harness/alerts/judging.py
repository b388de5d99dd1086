"""What alarms were worth: held to what was wrong, and when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..troubles import Trouble
from .alarms import Alarm

DAY = 86_400.0
GRACE = 21_600.0
"""Seconds after trouble in which an alarm is no false one: windows of hours still hold it. Nor is it found then."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule made of one trouble. Seconds; `delay` is infinite where nobody was called while it lasted."""

    trouble: Trouble
    delay: float
    reset: float | None = None
    """How long after its end the alarm went on; None where there was none, or the run ended first."""
    is_right: bool | None = None
    """Whether the alarm said whose it was."""

    @property
    def lost(self) -> float:
        """Seconds of it that went by before anybody was called who was told rightly whose it is: all of it, if nobody
        was. In weeks of trouble any alarm comes once, and be it by chance."""
        return min(self.delay, self.trouble.seconds) if self.is_right else self.trouble.seconds

    @property
    def unnoticed(self) -> float:
        """The same as a share of its time."""
        return self.lost / self.trouble.seconds


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule in one run of `lasts` seconds."""

    lasts: float
    found: tuple[Found, ...]
    false: tuple[Alarm, ...]
    calm: float
    """Seconds in which every alarm was a false one, from when the rule first knew what to look for."""

    @property
    def cried(self) -> int:
        """How often it cried wolf: each false alarm, and anew with every day that it goes on."""
        return sum(max(1, math.ceil(((each.ends or self.lasts) - each.begins) / DAY)) for each in self.false)


def judged(alarms: Sequence[Alarm], troubles: Sequence[Trouble], lasts: float, knows: float = 0.0) -> Judged:
    """Of a run of `lasts` seconds, of which the rule could say nothing before `knows`. A trouble is found by the first
    alarm that begins while it lasts: one that was going on before, and went on, told nobody anything."""
    found = tuple(_found(alarms, trouble, lasts) for trouble in troubles)
    false = tuple(each for each in alarms if not any(_excuses(trouble, each.begins) for trouble in troubles))
    excused, until = 0.0, min(knows, lasts)
    for trouble in troubles:  # in the order of time, and they may overlap
        begins, ends = max(trouble.begins, until), min(trouble.ends + GRACE, lasts)
        excused += max(0.0, ends - begins)
        until = max(until, ends)
    return Judged(lasts, found, false, lasts - min(knows, lasts) - excused)


def _excuses(trouble: Trouble, at: float) -> bool:
    return trouble.begins < at <= trouble.ends + GRACE


def _found(alarms: Sequence[Alarm], trouble: Trouble, lasts: float) -> Found:
    within = [each for each in alarms if trouble.begins < each.begins <= trouble.ends]
    if not within:
        return Found(trouble, math.inf)
    ends = within[-1].ends
    is_known = trouble.ends < lasts and ends is not None
    reset = max(0.0, ends - trouble.ends) if ends is not None and is_known else None
    return Found(trouble, within[0].begins - trouble.begins, reset, within[0].cause == trouble.cause)
