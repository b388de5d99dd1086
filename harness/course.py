"""A run through time, in bins: what was asked for, answered, sent, under way, and how long breakers were open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .bins import counted, edges_of, overlap
from .metrics import Observed, Whole
from .metrics.tally import Sums, tally
from .spells import open_spells
from .tables import Column

COLUMNS = ("edges", "calls", "good", "twin_calls", "twin_good", "attempts", "busy", "open")
"""Where bins end, and sums over each; `busy` and `open` in seconds of requests and of clients."""


@dataclass(frozen=True, slots=True)
class _Arrivals(Sums):
    """Of each bin: the calls that were meant within it, and those of use."""

    calls: Column
    good: Column


@tally
def arrivals(seen: Observed) -> _Arrivals:
    """All that is drawn of the run without faults, too."""
    meant = _column(call.intended for call in seen.ledger.calls)
    edges = edges_of(seen.scenario)
    return _Arrivals(counted(meant, edges), counted(meant[np.array(seen.good, dtype=bool)], edges))


@dataclass(frozen=True, slots=True)
class _Requests(Sums):
    """Of each bin: the requests begun within it, and the seconds of all that were under way."""

    begun: Column
    busy: Column


@tally
def _requests(seen: Observed) -> _Requests:
    attempts, end, edges = seen.ledger.attempts, seen.scenario.end, edges_of(seen.scenario)
    begun = _column(attempt.started for attempt in attempts)
    ended = _column(end if attempt.finished is None else attempt.finished for attempt in attempts)
    return _Requests(counted(begun, edges), overlap(begun, ended, edges))


def course(run: Whole) -> dict[str, Column]:
    """The columns of a run."""
    here, twin = run.total(arrivals), run.twin_of_it
    requests = run.total(_requests)
    without = _Arrivals(0 * here.calls, 0 * here.good) if twin is None else twin.total(arrivals)
    found = (
        edges_of(run.scenario), here.calls, here.good, without.calls, without.good, requests.begun, requests.busy,
        run.total(open_spells).seconds(),
    )  # fmt: skip
    return dict(zip(COLUMNS, found, strict=True))


def _column(values: Iterable[float]) -> Column:
    return np.fromiter(values, dtype=float)
