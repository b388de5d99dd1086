"""The histograms of a run, as they are kept beside its tables: what quantiles over several runs are taken of."""

from __future__ import annotations

from .metrics import Whole
from .metrics.quantiles import SAMPLES
from .statistics.empirical import Empirical
from .tables import Column, Table, unpack

_VALUES, _COUNTS = "{} values", "{} counts"


def columns(run: Whole) -> Table:
    """Of each sample the values that were kept, in ascending order, and how many each stands for."""
    found: dict[str, Column] = {}
    for name, sample in SAMPLES.items():
        found[_VALUES.format(name)], found[_COUNTS.format(name)] = run.total(sample).counted()
    return found


def read(blob: bytes, name: str) -> Empirical:
    """One of them. Raises what `tables.unpack` does."""
    values, counts = _VALUES.format(name), _COUNTS.format(name)
    found = unpack(blob, (values, counts))
    return Empirical.of(found[values], found[counts])
