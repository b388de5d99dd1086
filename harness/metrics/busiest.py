"""The busiest second of a run, found as its requests come in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .attempts import requests
from .observed import Absent, Observed
from .tally import Whole, tally

_KEPT = 2.0
"""Seconds before the watermark: one would do, but for rounding."""


@dataclass(frozen=True, slots=True)
class Busiest:
    """The most requests begun within any second that is over, and when those began, in ascending order, that may share
    one with others to come."""

    most: int
    recent: list[float]
    watermark: float
    """All that began before has been seen."""

    def plus(self, part: Busiest) -> Busiest:
        recent = sorted(self.recent + part.recent)
        most = max(self.most, most_within(recent[: bisect_left(recent, part.watermark)]))
        return Busiest(most, recent[bisect_left(recent, part.watermark - _KEPT) :], part.watermark)


def most_within(began: Sequence[float], seconds: float = 1.0) -> int:
    """The most of these moments, in ascending order, that lie within any so many seconds."""
    first = most = 0
    for last, at in enumerate(began):
        while at - began[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@tally
def _busiest(seen: Observed) -> Busiest:
    return Busiest(0, sorted(attempt.started for attempt in seen.ledger.attempts), seen.watermark)


def busiest_second(run: Whole) -> float | Absent:
    """The most requests that were begun within any one second, over as many as there were calls in a second."""
    sent, found = run.total(requests), run.total(_busiest)
    if not sent.amount:
        return Absent("no request was sent")
    return max(found.most, most_within(found.recent)) * run.scenario.horizon / sent.of
