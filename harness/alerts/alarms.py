"""Rules at work on ticks: from when to when each of them called somebody."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..monitoring.tick import Tick
from ..troubles import Cause
from .causes import Causes
from .file import RuleFile
from .rule import Detector


class Alarm(NamedTuple):
    """Somebody was called. Seconds from the first tick; `ends` is None while it goes on."""

    rule: str
    begins: float
    ends: float | None
    cause: Cause


class Said(NamedTuple):
    """All that a rule said of a run: its alarms, and from when on it could have said something, as charts have to learn
    first what is usual; infinite if never."""

    alarms: list[Alarm]
    knows: float


class Hold:
    """The time for which a rule has to fire before anybody is called."""

    __slots__ = ("_seconds", "_since", "calls_since")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None
        self.calls_since: float | None = None
        """Since when somebody is being called; None if nobody is."""

    def take(self, fires: bool, now: float) -> bool:
        """Whether it fires now. Returns whether somebody is called from now on, or no longer."""
        before = self.calls_since
        if not fires:
            self._since = self.calls_since = None
        else:
            if self._since is None:
                self._since = now
            if before is None and now - self._since >= self._seconds:
                self.calls_since = now
        return (before is None) != (self.calls_since is None)


class Watch:
    """One rule at work."""

    def __init__(self, file: RuleFile, step: float) -> None:
        self.file = file
        self.detector = file.rule.detector(step)
        self._hold = Hold(file.hold)

    @property
    def fires_since(self) -> float | None:
        """Since when somebody is being called; None if nobody is."""
        return self._hold.calls_since

    def see(self, tick: Tick, now: float) -> bool:
        """The tick that ends now. Whether anything has changed."""
        return self._hold.take(self.detector.see(tick), now)

    def cause(self, causes: Causes) -> Cause:
        """Whose it is."""
        return cause_of(self.detector, causes)


def cause_of(detector: Detector, causes: Causes) -> Cause:
    """As the rule itself says, if it tells causes apart."""
    own: Cause | None = getattr(detector, "cause", None)
    return causes.cause if own is None else own


class _Swept:
    """One rule, as hard to set off as its file has it and in other ways: detectors, and the times that each stands
    for."""

    def __init__(self, file: RuleFile, times: Sequence[float], step: float) -> None:
        self._name = file.name
        if file.rule.is_scaled:
            self._detectors = [(file.rule.detector(step), tuple(enumerate(times)))]
        else:
            harder = [file.rule.harder(each) for each in times]
            self._detectors = [
                (rule.detector(step), ((place, 1.0),)) for place, rule in enumerate(harder) if rule is not None
            ]
        self._holds = [Hold(file.hold) for _ in times]
        self.found: list[list[Alarm]] = [[] for _ in times]
        self.knows = [math.inf for _ in times]

    def see(self, tick: Tick, now: float, causes: Causes) -> None:
        for detector, limits in self._detectors:
            detector.see(tick)
            level = detector.level
            for place, limit in limits:
                if level is not None and now < self.knows[place]:
                    self.knows[place] = now
                hold = self._holds[place]
                if not hold.take(level is not None and level > limit, now):
                    continue
                said = self.found[place]
                if hold.calls_since is not None:
                    said.append(Alarm(self._name, now, None, cause_of(detector, causes)))
                else:
                    said[-1] = said[-1]._replace(ends=now)


def swept(rules: Sequence[tuple[RuleFile, Sequence[float]]], ticks: Iterable[Tick], step: float) -> list[list[Said]]:
    """Of each rule, made so many times as hard to set off, what it said."""
    found = [_Swept(file, times, step) for file, times in rules]
    causes = Causes(step)
    for number, tick in enumerate(ticks, 1):
        causes.add(tick)
        now = number * step
        for each in found:
            each.see(tick, now, causes)
    return [list(map(Said, each.found, each.knows)) for each in found]


def alarms(files: Sequence[RuleFile], ticks: Iterable[Tick], step: float) -> list[list[Alarm]]:
    """Of each rule, as its file has it, its alarms in the order of time."""
    return [said.alarms for [said] in swept([(file, (1.0,)) for file in files], ticks, step)]
