"""Bins of time, the same for every run of a scenario; how many moments, and how much of some spells, lie in each."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np

from .scenario import Scenario
from .tables import Column

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


def counted(times: Column, edges: Column) -> Column:
    """How many of them lie within each bin."""
    places = np.searchsorted(edges - _ROUNDING, times, "right") - 1  # 0.3 s may be a little less than 3 x 0.1 s
    return np.bincount(np.clip(places, 0, len(edges) - 2), minlength=len(edges) - 1)


def overlap(begins: Column, ends: Column, edges: Column) -> Column:
    """Seconds of all spells together that lie within each bin."""
    return np.maximum(0.0, np.diff(_passed(begins, edges) - _passed(ends, edges)))


def _passed(moments: Column, edges: Column) -> Column:
    """Seconds from each of the moments to each edge that comes after it, all moments together."""
    ordered = np.sort(moments)
    before = np.searchsorted(ordered, edges)
    return edges * before - np.concatenate(([0.0], np.cumsum(ordered)))[before]
