"""A run through time, in bins: what was asked for, answered, sent, under way, and how long breakers were open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import accumulate

import numpy as np

from .metrics import Observed
from .records import BreakerRecord
from .scenario import Scenario
from .tables import Column, Table

COLUMNS = ("edges", "calls", "good", "twin_calls", "twin_good", "attempts", "busy", "open")
"""Where bins end, and sums over each; `busy` and `open` in seconds of requests and of clients."""

_MOST_BINS = 120
"""As many as a chart can show, but for phases that end between two."""
_NEAREST = 0.3
"""Of a bin's width: how near to the end of a phase no other bin ends, or its figures would be of next to nothing."""
_ROUNDING = 1e-9
_WIDTHS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)


def width_of(seconds: float) -> float:
    """The width of a bin of a run that long: a round number of seconds, or a power of ten of one."""
    least = seconds / _MOST_BINS
    found = next((width for width in _WIDTHS if width >= least), None)
    if least <= 0.5 or found is None:
        return float(10.0 ** math.ceil(math.log10(least)))
    return found


def edges_of(scenario: Scenario) -> Column:
    """Where bins end: at round times, and where a phase does, so that every bin is of one phase alone."""
    end, bounds = scenario.end, [0.0, *accumulate(phase.seconds for phase in scenario.timeline), scenario.end]
    width = width_of(end)
    grid = np.arange(math.ceil(end / width)) * width
    apart = np.abs(grid[:, None] - np.array(bounds)).min(axis=1) > width * _NEAREST
    return np.unique(np.round(np.concatenate((grid[apart], bounds)), 9))


def course(seen: Observed, calls: Table, attempts: Table) -> dict[str, Column]:
    """The columns of a run, given its tables of calls and attempts."""
    end, edges = seen.scenario.end, edges_of(seen.scenario)

    def counted(times: Column) -> Column:
        places = np.searchsorted(edges - _ROUNDING, times, "right") - 1  # 0.3 s may be a little less than 3 x 0.1 s
        return np.bincount(np.clip(places, 0, len(edges) - 2), minlength=len(edges) - 1)

    found = {"edges": edges, "calls": counted(calls["intended"]), "good": counted(calls["intended"][calls["good"]])}
    twin = seen.twin_of_it
    meant = np.array([call.intended for call in twin.ledger.calls] if twin else [], dtype=float)
    is_good = np.array(twin.good if twin else [], dtype=bool)
    found |= {"twin_calls": counted(meant), "twin_good": counted(meant[is_good])}
    begun, ended = attempts["started"], attempts["finished"]
    found |= {"attempts": counted(begun), "busy": _overlap(begun, np.where(np.isnan(ended), end, ended), edges)}
    opened, until = np.array(list(_open(seen.ledger.breaker)), dtype=float).reshape(-1, 2).T
    return found | {"open": _overlap(opened, until, edges)}


def _open(records: Iterable[BreakerRecord]) -> Iterator[tuple[float, float]]:
    """From when to when each client has a breaker that is open: it may have several, one for each kind of call. Once
    its time is over one stays open in name until the next call."""
    last: dict[int, float] = {}
    for record in records:
        if record.until is not None:
            begins = max(record.at, last.get(record.client, 0.0))
            if record.until > begins:
                yield begins, record.until
                last[record.client] = record.until


def _overlap(begins: Column, ends: Column, edges: Column) -> Column:
    """Seconds of all spells together that lie within each bin."""
    return np.maximum(0.0, np.diff(_passed(begins, edges) - _passed(ends, edges)))


def _passed(moments: Column, edges: Column) -> Column:
    """Seconds from each of the moments to each edge that comes after it, all moments together."""
    ordered = np.sort(moments)
    before = np.searchsorted(ordered, edges)
    return edges * before - np.concatenate(([0.0], np.cumsum(ordered)))[before]
