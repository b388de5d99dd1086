"""Alert rules at work in production: the ticks that they are shown, and what somebody is told when one fires."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

from brownout.fakes.units import format_duration

from ..alerts.alarms import Watch
from ..alerts.causes import Causes
from ..alerts.file import RuleFile
from ..alerts.sources import rule
from ..troubles import Cause
from .ended import Ended
from .tick import STEP, Tally

Ruled = str | PathLike[str] | RuleFile
"""The name of a shipped rule, the path of a file, or what was loaded."""

_log = logging.getLogger("brownout")
_WHOSE: dict[Cause, str] = {"service": "the service's", "prompts": "that of your own prompts"}


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule has begun to fire, or has ceased to. Times are seconds since the monitor was made."""

    rule: str
    severity: str
    is_firing: bool
    since: float
    """From when on somebody is called: when it had fired for as long as its file's `for`."""
    at: float
    """When this was noticed: at the end of a tick."""
    cause: Cause
    """Whose it is, as far as the figures tell."""
    level: float | None
    """What it has measured, in units of its limit: above 1 it fires. None where it cannot tell any more."""
    words: str


@dataclass(frozen=True, slots=True)
class RuleState:
    """A rule as it is now."""

    rule: str
    severity: str
    is_firing: bool
    since: float | None
    """Since when somebody is called, in seconds since the monitor was made."""
    level: float | None


class Watching:
    """Not for several threads at once. `put` takes every alarm, and may not wait."""

    def __init__(self, files: Iterable[RuleFile], put: Callable[[Alarm], object]) -> None:
        self._watches = [Watch(file, STEP) for file in files]
        self._began: dict[str, tuple[float, Cause]] = {}
        self._put = put
        self._causes = Causes(STEP)
        self._tally = Tally()
        self._ticks = 0

    def add(self, call: Ended) -> None:
        """A call has ended within the tick that goes on."""
        if self._watches:
            self._tally.add(call)

    def advance(self, now: float) -> None:
        """Close every tick whose time is over."""
        while self._watches and now >= (self._ticks + 1) * STEP:
            self._close()

    def states(self) -> tuple[RuleState, ...]:
        """Of each rule, in the order in which they were given."""
        return tuple(
            RuleState(
                watch.file.name,
                watch.file.severity,
                watch.fires_since is not None,
                watch.fires_since,
                watch.detector.level,
            )
            for watch in self._watches
        )

    def _close(self) -> None:
        tick, self._tally = self._tally.tick(), Tally()
        self._ticks += 1
        now = self._ticks * STEP
        self._causes.add(tick)
        for watch in self._watches:
            if watch.see(tick, now):
                self._put(self._changed(watch, now))

    def _changed(self, watch: Watch, now: float) -> Alarm:
        file, level = watch.file, watch.detector.level
        if watch.fires_since is None:
            since, cause = self._began.pop(file.name)
            words = f"{file.name} has ended after {format_duration(now - since)}"
            return Alarm(file.name, file.severity, False, since, now, cause, level, words)
        cause = watch.cause(self._causes)
        self._began[file.name] = now, cause
        far = "" if level is None or math.isinf(level) else f" at {level:.3g} times its limit"
        words = f"{file.name} ({file.severity}) fires{far}; by its figures it is {_WHOSE[cause]}"
        return Alarm(file.name, file.severity, True, now, now, cause, level, words)


def files(rules: Sequence[Ruled]) -> list[RuleFile]:
    """Raises `ValueError` for two of one name, `sources.UnknownName` and `files.FileError`."""
    found = [each if isinstance(each, RuleFile) else rule(fspath(each)).value for each in rules]
    names = [file.name for file in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"rules: two are called {twice[0]}")
    return found


def log(alarm: Any) -> None:
    """A warning when it begins, for information when it ends."""
    level = logging.WARNING if alarm.is_firing else logging.INFO
    _log.log(level, "%s", alarm.words, extra={"brownout": alarm})
