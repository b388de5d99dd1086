"""What a test has scripted and did not come to pass: a test that proves nothing must not be green."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Self

from brownout.fakes.faults import Fault
from brownout.fakes.journal import Served
from brownout.fakes.script import Asking, Scope, Scoped, Scripted, Turns
from brownout.fakes.timeline import Armed, Counts, Timeline


@dataclass
class Entry:
    """A fault for the next requests."""

    fault: Fault
    name: str
    turns: Turns
    times: float
    """For how many requests it is; endless for one that lasts."""
    is_optional: bool
    counts: list[Counts] = field(default_factory=list)
    """One for each service that has met it: another may take over meanwhile."""
    only: tuple[Scope, Asking] | None = None
    """Whose requests it is for, and what tells whose one is; None for everybody's."""
    is_lifted: bool = False
    """Whether it is for nobody any more."""

    def put_on(self, timeline: Timeline) -> None:
        """Behind what is scripted there already; what lasts behind all that does not."""
        if self.is_lifted:
            return
        armed = timeline.arm(self.fault, f"{self.name}: {self.fault.kind}", self.name)
        self.counts.append(timeline.counts[armed.mark.fault])
        what = (armed.fault, armed.mark, armed.draws, armed.name, self.turns)
        scripted = Scripted(*what) if self.only is None else Scoped(*what, *self.only)
        timeline.put(tuple(sorted((*timeline.script, scripted), key=lambda each: each.lasts())))

    def lift(self, timeline: Timeline) -> None:
        """For nobody from now on, and nobody is missed."""
        self.is_lifted = self.is_optional = True
        timeline.put(tuple(each for each in timeline.script if getattr(each, "turns", None) is not self.turns))

    @property
    def fired(self) -> int:
        return sum(counts.fired for counts in self.counts)

    @property
    def planned(self) -> int:
        return sum(counts.planned for counts in self.counts)


@dataclass(frozen=True)
class Played:
    """Phases that a test has begun, of a scenario or its own."""

    name: str
    """The scenario's; none if the phases were given one by one, and then each fault has to take effect."""
    phases: tuple[tuple[float, tuple[Armed, ...]], ...]
    """When each begins, and what is wrong in it."""
    counts: list[Counts]

    @classmethod
    def of(cls, timeline: Timeline, name: str, began: float, first: int) -> Self:
        """Those of the timeline from that index on."""
        starts = [began + start for start in timeline.starts(first)]
        return cls(name, tuple(zip(starts, timeline.armed[first:], strict=True)), timeline.counts)

    def has_fired(self, armed: Armed) -> bool:
        return self.counts[armed.mark.fault].fired > 0


def complaints(entries: Sequence[Entry], played: Sequence[Played], requests: Sequence[Served], now: float) -> list[str]:
    """One line each, with the likeliest reason."""
    return [*_of_script(entries, requests), *(line for each in played for line in _of_phases(each, requests, now))]


def _of_script(entries: Sequence[Entry], requests: Sequence[Served]) -> Iterator[str]:
    for entry in entries:
        wanted = 1 if entry.times == inf else int(entry.times)
        if not entry.is_optional and entry.fired < wanted:
            times = "every request" if entry.times == inf else counted(wanted, "request")
            on = f"on {entry.fired}" if entry.fired else "on none"
            yield f"{entry.fault.kind} was scripted for {times} and took effect {on}: {_why(entry, requests)}"


def _why(entry: Entry, requests: Sequence[Served]) -> str:
    fault = entry.fault
    if entry.planned > entry.fired:
        return f"{counted(entry.planned - entry.fired, 'request')} it was meant for ended before its moment came"
    if not requests:
        return "no request has come"
    if fault.streams_only and not any(served.stream for served in requests):
        return "it has a meaning for streams alone, and no stream was asked for"
    if fault.plain_only and all(served.stream for served in requests):
        return "it has a meaning for plain answers alone, and only streams were asked for"
    if fault.on_connect:
        return f"it keeps out new connections, and {counted(len(requests), 'request')} came on those that were open"
    if fault.where is not None:
        return f"{counted(len(requests), 'request')} came, and no more of them are among those it is for"
    return f"no more than {counted(len(requests), 'request')} came"


def _of_phases(played: Played, requests: Sequence[Served], now: float) -> Iterator[str]:
    faults = [(start, armed) for start, row in played.phases for armed in row if armed.fault.kind != "noop"]
    silent = [(start, armed) for start, armed in faults if not played.has_fired(armed)]
    came = f"{counted(len(requests), 'request')} came" if requests else "no request has come"
    if played.name:
        if faults and len(silent) == len(faults):
            first = min(start for start, _ in faults)
            yield f"nothing of {played.name} took effect: it goes wrong from {first:g} s on, {came} by {now:g} s"
        return
    for start, armed in silent:
        when = f"its phase begins at {start:g} s, and the test was over at {now:g} s" if start > now else came
        yield f"{armed.name} did not take effect: {when}"


def counted(number: int, what: str) -> str:
    """So many of them."""
    return f"{number} {what}{'' if number == 1 else 's'}"
