"""Rules at work on ticks: from when to when each of them called somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..monitoring.tick import Tick
from ..troubles import Cause
from .causes import Causes
from .file import RuleFile


class Alarm(NamedTuple):
    """Somebody was called. Seconds from the first tick; `ends` is None while it goes on."""

    rule: str
    begins: float
    ends: float | None
    cause: Cause


class Watch:
    """One rule at work, with the time for which it has to hold."""

    def __init__(self, file: RuleFile, step: float) -> None:
        self.file = file
        self.detector = file.rule.detector(step)
        self._since: float | None = None
        self.fires_since: float | None = None
        """Since when somebody is being called; None if nobody is."""

    def see(self, tick: Tick, now: float) -> bool:
        """The tick that ends now. Whether anything has changed."""
        before = self.fires_since
        if not self.detector.see(tick):
            self._since = self.fires_since = None
        else:
            if self._since is None:
                self._since = now
            if self.fires_since is None and now - self._since >= self.file.hold:
                self.fires_since = now
        return (before is None) != (self.fires_since is None)

    def cause(self, causes: Causes) -> Cause:
        """Whose it is: as the rule itself says, if it tells causes apart."""
        own: Cause | None = getattr(self.detector, "cause", None)
        return causes.cause if own is None else own


def alarms(files: Sequence[RuleFile], ticks: Iterable[Tick], step: float) -> list[list[Alarm]]:
    """Of each rule its alarms, in the order of time."""
    watches = [Watch(file, step) for file in files]
    found: list[list[Alarm]] = [[] for _ in files]
    causes = Causes(step)
    for number, tick in enumerate(ticks, 1):
        causes.add(tick)
        now = number * step
        for watch, said in zip(watches, found, strict=True):
            if not watch.see(tick, now):
                continue
            if watch.fires_since is not None:
                said.append(Alarm(watch.file.name, now, None, watch.cause(causes)))
            else:
                said[-1] = said[-1]._replace(ends=now)
    return found
