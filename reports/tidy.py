"""The figures of a run as one tidy table: a row a metric, client and scenario. Of formats that other programs read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from brownout.harness.metrics import metric
from brownout.harness.metrics.registry import Unit
from brownout.harness.part import Estimate
from brownout.harness.results import Row, RunFile, Standing

UNITS: dict[Unit, str] = {"%": "share", "s": "seconds", "x": "ratio", "$": "dollars", "count": "number"}
"""In words. Every figure is in base units: 0.5, not 50%."""
ACROSS: dict[str, tuple[Unit, str]] = {
    "rank": ("count", "1, and one more for each client that is surely better"),
    "par2_behind": ("%", "penalized wait that the first client has less"),
    "goodput_behind": ("%", "goodput that the first client has more"),
    "probability_of_best": ("%", "the chance to be best over all scenarios"),
}
"""What is no metric of a run, but of a client among others."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its 95% interval, where there is one. Without a scenario: over all of them, by their weights. A
    member of a fleet is a client called `half-migrated/old`."""

    scenario: str | None
    client: str
    metric: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def unit(self) -> Unit:
        return ACROSS[self.metric][0] if self.metric in ACROSS else metric(self.metric).unit

    @property
    def about(self) -> str:
        return ACROSS[self.metric][1] if self.metric in ACROSS else metric(self.metric).about


def lines(run: RunFile) -> Iterator[Line]:
    """First the standings, then every scenario. A metric that has no meaning somewhere has no line there."""
    for standing in run.standings:
        yield from _of_standing(standing)
    for row in run.rows:
        yield from _of_row(row)


def _of_standing(found: Standing) -> Iterator[Line]:
    yield Line(None, found.client, "rank", found.rank)
    estimates = {
        "par2": found.score,
        "par2_behind": found.behind,
        "rmst_share": found.wait,
        "goodput": found.goodput,
        "goodput_behind": found.goodput_behind,
        "cost_per_good_call": found.cost,
    }
    for name, estimate in estimates.items():
        yield _line(None, found.client, name, estimate)
    if found.probability_of_best is not None:
        yield Line(None, found.client, "probability_of_best", found.probability_of_best)


def _of_row(row: Row) -> Iterator[Line]:
    yield Line(row.scenario, row.client, "rank", row.rank)
    for name, estimate in row.metrics.items():
        yield _line(row.scenario, row.client, name, estimate)
    for member in row.members:
        for name, estimate in member.metrics.items():
            yield _line(row.scenario, f"{row.client}/{member.name}", name, estimate)


def _line(scenario: str | None, client: str, name: str, found: Estimate) -> Line:
    return Line(scenario, client, name, found.value, found.low, found.high)
