"""A run through time, in bins: what was asked for, answered, sent, under way, and how long breakers were open."""

from __future__ import annotations

import math

import numpy as np

from .metrics import Observed
from .records import BreakerRecord
from .tables import Column, Table

COLUMNS = ("calls", "good", "twin_calls", "twin_good", "attempts", "busy", "open")
"""Sums over a bin; `busy` and `open` in seconds of requests and of clients."""

_MOST_BINS = 120
"""As many as a chart can show."""
_WIDTHS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)


def width_of(seconds: float) -> float:
    """The width of a bin of a run that long: a round number of seconds, or a power of ten of one."""
    least = seconds / _MOST_BINS
    found = next((width for width in _WIDTHS if width >= least), None)
    if least <= 0.5 or found is None:
        return float(10.0 ** math.ceil(math.log10(least)))
    return found


def course(seen: Observed, calls: Table, attempts: Table) -> dict[str, Column]:
    """The columns of a run, given its tables of calls and attempts."""
    end = seen.scenario.end
    width = width_of(end)
    edges = np.arange(math.ceil(end / width - 1e-9) + 1) * width

    def counted(times: Column) -> Column:
        return np.bincount(np.minimum(times // width, len(edges) - 2).astype(int), minlength=len(edges) - 1)

    found = {"calls": counted(calls["intended"]), "good": counted(calls["intended"][calls["good"]])}
    twin = seen.twin_of_it
    meant = np.array([call.intended for call in twin.ledger.calls] if twin else [], dtype=float)
    is_good = np.array(twin.good if twin else [], dtype=bool)
    found |= {"twin_calls": counted(meant), "twin_good": counted(meant[is_good])}
    begun, ended = attempts["started"], attempts["finished"]
    found |= {"attempts": counted(begun), "busy": _overlap(begun, np.where(np.isnan(ended), end, ended), edges)}
    spells = [spell for spell in map(_spell, seen.ledger.breaker) if spell]
    opened, until = np.array(spells, dtype=float).reshape(-1, 2).T
    return found | {"open": _overlap(opened, until, edges)}


def _spell(record: BreakerRecord) -> tuple[float, float] | None:
    """From when to when a breaker is open. Once its time is over it stays so in name until the next call."""
    return None if record.until is None else (record.at, record.until)


def _overlap(begins: Column, ends: Column, edges: Column) -> Column:
    """Seconds of all spells together that lie within each bin."""
    return np.diff(_passed(begins, edges) - _passed(ends, edges))


def _passed(moments: Column, edges: Column) -> Column:
    """Seconds from each of the moments to each edge that comes after it, all moments together."""
    ordered = np.sort(moments)
    before = np.searchsorted(ordered, edges)
    return edges * before - np.concatenate(([0.0], np.cumsum(ordered)))[before]
