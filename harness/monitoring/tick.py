"""What ended within one interval, summed up. Rules are evaluated on these, so that a month of calls takes no more
memory, and no more time, than its intervals."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate, repeat
from typing import NamedTuple

from .ended import Ended

BOUNDS = (
    *(0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0),
    *(20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0),
)
"""Seconds: what answers are counted within. Buckets of the histogram that Prometheus scrapes: it knows no other."""
STEP = 60.0
"""Seconds of one tick, unless somebody says otherwise: how often Prometheus evaluates rules by default."""


class Tick(NamedTuple):
    """Sums over the calls that ended within an interval. Tokens and seconds are those of answered calls."""

    calls: int = 0
    failed: int = 0
    timed_out: int = 0
    answered: int = 0
    attempts: int = 0
    retried: int = 0
    rescued: int = 0
    """Retried calls that were answered in the end."""
    seconds: float = 0.0
    first_texts: int = 0
    first_text_seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    within: tuple[int, ...] = (0,) * len(BOUNDS)
    """Calls answered within each of `BOUNDS`."""


EMPTY = Tick()


class Tally:
    """Sums while calls are still added to them."""

    __slots__ = (*Tick._fields[:-1], "places")

    def __init__(self) -> None:
        self.calls = self.failed = self.timed_out = self.answered = self.attempts = self.retried = self.rescued = 0
        self.first_texts = self.input_tokens = self.output_tokens = 0
        self.seconds = self.first_text_seconds = 0.0
        self.places = [0] * (len(BOUNDS) + 1)
        """Answered calls between one of `BOUNDS` and the next; the last are beyond all of them."""

    def add(self, call: Ended) -> None:
        """One more."""
        self.calls += 1
        self.attempts += call.attempts
        self.retried += call.is_retried
        if call.first_text is not None:
            self.first_texts += 1
            self.first_text_seconds += call.first_text
        if call.is_ok:
            self.answered += 1
            self.rescued += call.is_retried
            self.seconds += call.seconds
            self.input_tokens += call.input_tokens
            self.output_tokens += call.output_tokens
            self.places[bisect_left(BOUNDS, call.seconds)] += 1
        else:
            self.failed += 1
            self.timed_out += call.is_timeout

    def tick(self) -> Tick:
        """What they are now."""
        if not self.calls:
            return EMPTY
        sums = (getattr(self, name) for name in Tick._fields[:-1])
        return Tick._make((*sums, tuple(accumulate(self.places[:-1]))))


def summed(calls: Iterable[Ended]) -> Tick:
    """The tick of these calls."""
    tally = Tally()
    for call in calls:
        tally.add(call)
    return tally.tick()


def ticks(calls: Iterable[Ended], lasts: float, step: float = STEP) -> Iterator[Tick]:
    """The ticks of a run of `lasts` seconds: `calls` in the order in which they ended, those that ended later left
    out."""
    pending: list[Ended] = []
    made, count = 0, round(lasts / step)
    for call in calls:
        while made < count and call.at >= (made + 1) * step:
            yield summed(pending)
            pending.clear()
            made += 1
        if made == count:
            return
        pending.append(call)
    if made < count:
        yield summed(pending)
        yield from repeat(EMPTY, count - made - 1)
