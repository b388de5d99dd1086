"""What alarms were worth: held to what was wrong, and when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..troubles import Trouble
from .alarms import Alarm

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
    def unnoticed(self) -> float:
        """The share of the trouble's time that went by before anybody was called."""
        return min(1.0, self.delay / self.trouble.seconds)


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule in one run. `calm`: seconds in which every alarm was a false one."""

    found: tuple[Found, ...]
    false: tuple[Alarm, ...]
    calm: float


def judged(alarms: Sequence[Alarm], troubles: Sequence[Trouble], lasts: float) -> Judged:
    """Of a run of `lasts` seconds. A trouble is found by the first alarm that begins while it lasts: one that was going
    on before, and went on, told nobody anything."""
    found = tuple(_found(alarms, trouble, lasts) for trouble in troubles)
    false = tuple(each for each in alarms if not any(_excuses(trouble, each.begins) for trouble in troubles))
    excused = 0.0
    until = 0.0
    for trouble in troubles:  # in the order of time, and they may overlap
        begins, ends = max(trouble.begins, until), min(trouble.ends + GRACE, lasts)
        excused += max(0.0, ends - begins)
        until = max(until, ends)
    return Judged(found, false, lasts - excused)


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
