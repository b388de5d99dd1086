"""A run in bounded memory: counts, histograms and a sample of its calls, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from . import tables
from .course import arrivals
from .fleet import Configuration
from .kept import Kept
from .metrics import Observed, Whole
from .metrics.folded import Folded
from .metrics.recovery import OF_TWIN
from .metrics.samples import Histogram
from .record_files import Records
from .scenario import Scenario
from .tables import Table

PART = 20_000
"""Calls that are measured together: enough that what each part costs is nothing."""
KEPT = 50_000
"""Calls of which the records are kept, at the most."""


class Measured(NamedTuple):
    """A run that is over: what its metrics are made of, and its tables, or a sample of them."""

    run: Whole
    calls: Table
    attempts: Table
    faults: Mapping[str, tuple[int, int]]
    """Name of a fault -> (planned, fired)."""


def play(
    scenario: Scenario,
    client: Configuration,
    seed: int,
    records: Records | None = None,
    size: int = PART,
    most: int = KEPT,
) -> Measured:
    """Play it in the simulator, and its twin without faults before it if there is anything to learn from one. It is
    measured in parts of about `size` calls. All go to `records`; at most `most` of them, with their attempts, are in
    the tables."""
    twin = None
    if scenario.clear is not None:
        twin = Folded(scenario, client, tallies=(*OF_TWIN, arrivals))
        for part in _parts(scenario, scenario.without_faults(), client, seed, size):
            twin.add(part)
    run, kept = Folded(scenario, client, twin), Kept(seed, most)
    for part in _parts(scenario, scenario, client, seed, size):
        run.add(part)
        kept.add(part)
        if records is not None:
            records.add(tables.calls(part), tables.attempts(part))
        faults = part.ledger.faults
    return Measured(run, *kept.tables(), faults)


def _parts(scenario: Scenario, played: Scenario, client: Configuration, seed: int, size: int) -> Iterator[Observed]:
    """Parts of a run of `played`, each to be measured as one of `scenario`."""
    from .drivers.sim.parts import parts  # only who plays it waits for the simulator to be loaded

    for part in parts(played, client, seed, size):
        yield Observed(scenario, client, seed, part.ledger, sample=Histogram.of, watermark=part.watermark)
