"""Plays a case on two backends, and says how far they agree.

In virtual time the real SDK makes the simulator's records, so that every metric is the same. On the wire time is real:
where nothing is left to chance each call has the same story, without times; else the means over seeds are compared.
Both backends meet the same world under a seed, so that differences are taken seed by seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, TypeAlias

from ..cells import Job
from ..equality import first_difference
from ..metrics import Absent, Observed, measure, metric
from ..results import Backend
from ..statistics import Interval
from ..statistics.student import student
from ..stories import stories
from .cases import Case

SCALE = 3.0
"""By how much real time is quicker on the wire: 10 ms of the machine's are 30 ms of the scenario's."""
ROUNDING = 1e-6
"""A difference of less than this share of a metric is none."""
MARGINS: dict[str, float] = {
    "goodput": 0.01,
    "rmst": 0.05,
    "p50(latency)": 0.05,
    "p95(latency_ok)": 0.05,
    "p50(ttft)": 0.05,
    "amplification": 0.02,
    "attempt_timeout_rate": 0.01,
}
"""How far the wire may be off on average: shares by so much of the whole (a point of goodput), all others by a share of
what they are."""
Other: TypeAlias = Literal["virtual", "wire"]


@dataclass(frozen=True, slots=True)
class Equal:
    """Things that have to be the same: so many were compared, and `differing` of them, by name."""

    case: str
    other: Other
    what: str
    compared: int
    differing: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.differing


@dataclass(frozen=True, slots=True)
class Near:
    """A metric that has to be about the same: its value in the simulator and on the other backend, seed by seed."""

    case: str
    other: Other
    metric: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def is_absolute(self) -> bool:
        """Whether the difference is one of shares; else it is a share of the simulator's value."""
        return metric(self.metric).unit == "%"

    @property
    def margin(self) -> float:
        return MARGINS[self.metric]

    @property
    def differences(self) -> tuple[float, ...]:
        """One a seed; what never happens on both is no difference."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return tuple(0.0 if a == b else b - a if self.is_absolute or not a else b / a - 1.0 for a, b in pairs)

    @property
    def interval(self) -> Interval | None:
        """Of the mean difference; None where something never happens on one side alone."""
        return student(self.differences) if all(map(math.isfinite, self.differences)) else None

    @property
    def agrees(self) -> bool:
        return self.interval is not None and abs(fmean(self.differences)) <= self.margin


Comparison: TypeAlias = Equal | Near


def played(case: Case, backend: Backend) -> list[Observed]:
    """Play it under each of its seeds."""
    scenario, client = case.scenario(), case.client()
    scale = SCALE if backend == "wire" else 1.0
    return [Job(scenario, client, seed, backend, scale).observe() for seed in range(1, case.seeds + 1)]


def virtual(name: str, ours: Sequence[Observed], theirs: Sequence[Observed]) -> list[Comparison]:
    """Runs of the simulator and those in virtual time: every record, every metric."""
    count, differing = 0, []
    for one, other in zip(ours, theirs, strict=True):
        found = first_difference(one.ledger, other.ledger)
        count += len(one.ledger.calls) + len(one.ledger.attempts) + len(one.ledger.journal)
        differing += [f"seed {one.seed}: {found}"] if found is not None else []
    return [Equal(name, "virtual", "records", count, tuple(differing)), _metrics(name, ours, theirs)]


def wire(name: str, case: Case, ours: Sequence[Observed], theirs: Sequence[Observed]) -> list[Comparison]:
    """Runs of the simulator and those on the wire: each call's story, or metrics within their margins."""
    if case.is_scripted:
        [one], [other] = ours, theirs
        expected, seen = stories(one.ledger), stories(other.ledger)
        differing = (
            f"call {client}/{call}" for (client, call), told in expected.items() if seen.get((client, call)) != told
        )
        return [Equal(name, "wire", "calls, attempt by attempt", len(expected), tuple(differing))]
    return [Near(name, "wire", each, _values(each, ours), _values(each, theirs)) for each in MARGINS]


def _metrics(name: str, ours: Sequence[Observed], theirs: Sequence[Observed]) -> Equal:
    count, differing = 0, []
    for one, other in zip(ours, theirs, strict=True):
        here, there = measure(one), measure(other)
        count += len(here)
        differing += [f"seed {one.seed}: {key}" for key in here if not _is_same(here[key], there[key])]
    return Equal(name, "virtual", "metrics", count, tuple(differing))


def _is_same(one: float | Absent, other: float | Absent) -> bool:
    if isinstance(one, Absent) or isinstance(other, Absent):
        return one == other
    return one == other or abs(one - other) <= ROUNDING * max(abs(one), abs(other))


def _values(name: str, runs: Iterable[Observed]) -> tuple[float, ...]:
    found = [metric(name).of(seen) for seen in runs]
    assert not any(isinstance(value, Absent) for value in found), name
    return tuple(value for value in found if not isinstance(value, Absent))
