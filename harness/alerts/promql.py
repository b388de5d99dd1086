"""Rules in the language of Prometheus: the same sums over the same windows.

Sums are those of `increase()`. It extrapolates from the samples that it finds to the ends of its window, so that
windows that follow each other are no exact partition; divided by one another, sums of one window are exact again. It
needs two samples: the shortest window, a minute, is to be scraped every quarter of it. What a counter has when it is
first scraped counts as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..monitoring.tick import STEP
from .signal import signal

PREFIX = "brownout_client_"
"""Of everything that a monitor is scraped for."""
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


class Recording(NamedTuple):
    """A series that is computed at every evaluation, and kept."""

    record: str
    expr: str
    labels: Mapping[str, str] = MappingProxyType({})
    """Where several expressions make series of one name."""


class Query(NamedTuple):
    """`level` is what a rule has last measured, in units of its limit. `recordings` are evaluated before it, every
    `every` seconds, in this order."""

    level: str
    recordings: tuple[Recording, ...]
    every: float

    @property
    def expr(self) -> str:
        """Fires where it has a value. Of several levels, one for each cause, the highest alone."""
        return f"{f'topk(1, {self.level})' if self.tells_cause else self.level} > 1"

    @property
    def tells_cause(self) -> bool:
        """Whether it says whose it is, by the label `cause`."""
        return any("cause" in recording.labels for recording in self.recordings)


def level_of(name: str) -> str:
    """The series of what a rule has last measured, in units of its limit."""
    return f"{name}:level"


def query(name: str, recordings: tuple[Recording, ...], every: float = STEP) -> Query:
    """The recordings make the level. It can be asked for at any time, however seldom there is a new one: after five
    minutes Prometheus takes for gone what was not recorded again."""
    level, whole = level_of(name), whole_ticks(every)
    return Query(level if whole == STEP else f"last_over_time({level}[{duration(2 * whole)}])", recordings, whole)


class Increase(NamedTuple):
    """What a signal divides by what, over one window, of all scraped clients together."""

    top: str
    bottom: str


def increase(of: str, seconds: float) -> Increase:
    """Of the last so many seconds, in whole ticks. There is none where nobody is scraped."""
    found = signal(of)
    window = duration(whole_ticks(seconds))
    top, bottom, less = (
        f"sum(increase({PREFIX}{counter}[{window}]))" if counter else ""
        for counter in (found.top, found.bottom, found.less)
    )
    return Increase(f"({top} - {less})" if less else top, bottom)


def ratio(of: str, seconds: float, fewest: int | None = None) -> str:
    """A signal over the last so many seconds. None where nothing was counted, or fewer than `fewest`: else 0 / 0 would
    be a value, and once recorded be in every average."""
    top, bottom = increase(of, seconds)
    return f"{top} / ({bottom} {'> 0' if fewest is None else f'>= {fewest}'})"


def previous(series: str, every: float) -> str:
    """What a recorded series was at the evaluation before, or before that if one was missed; 0 at the first."""
    return f"(last_over_time({series}[{duration(2 * whole_ticks(every))}]) or vector(0))"


def points(series: str, count: int, every: float, lag: int = 0) -> str:
    """The range that holds the last `count` values of what is recorded every so many seconds, without the latest `lag`.
    Half a step shorter than they take, as Prometheus up to 2.x counts what lies on a range's left end, and 3 does not.
    """
    whole = whole_ticks(every)
    offset = f" offset {duration(lag * whole)}" if lag else ""
    return f"{series}[{duration((count - 0.5) * whole)}]{offset}"


def whole_ticks(seconds: float) -> float:
    """As detectors take a window or a block: one tick at the least."""
    return max(1, round(seconds / STEP)) * STEP


def duration(seconds: float) -> str:
    """As Prometheus reads it: whole numbers of units, `1m30s`. To the millisecond, which is the least there is."""
    left, text = max(1, round(seconds * 1000)), ""
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        text += f"{count}{unit}" if count else ""
    return text


def number(value: float) -> str:
    """As short as it can be written without becoming another."""
    return repr(value).removesuffix(".0")
