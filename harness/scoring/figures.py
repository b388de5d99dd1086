"""The finished cells of a run, by scenario, client and seed, with the values of every call where those are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np

from .. import distributions, tables
from ..results import Cell
from ..statistics.empirical import Empirical
from ..store import Played, StoreError

_COLUMNS = {
    "latency": ("latency",),
    "latency_ok": ("latency",),
    "duration": ("finished", "intended"),
    "ttft": ("ttft",),
    "gap": ("largest_gap",),
}
"""What a quantile is taken of -> the columns of the table of calls that it follows from."""


class Figures:
    """What scoring works on. The order in which cells finished changes nothing."""

    def __init__(
        self,
        played: Iterable[Played],
        scenarios: Sequence[str],
        clients: Sequence[str],
        weights: dict[str, float] | None = None,
    ) -> None:
        """`scenarios` and `clients` give the order; a scenario without a weight weighs 1."""
        self.scenarios, self.clients = list(scenarios), list(clients)
        self.weights = {scenario: (weights or {}).get(scenario, 1.0) for scenario in scenarios}
        self._played: dict[tuple[str, str], list[Played]] = {}
        for each in sorted(played, key=lambda each: each.cell.seed):
            self._played.setdefault((each.cell.scenario, each.cell.client), []).append(each)
        self._samples = cache(self._read)

    def cells(self, scenario: str, client: str) -> list[Cell]:
        """In the order of seeds."""
        return [each.cell for each in self._played[scenario, client]]

    @property
    def runs(self) -> int:
        """How many seeds there are."""
        return len(next(iter(self._played.values())))

    @property
    def counted(self) -> list[str]:
        """The scenarios that weigh anything."""
        return [scenario for scenario, weight in self.weights.items() if weight]

    def values(self, scenario: str, client: str, metric: str) -> list[float]:
        """The metric of each run that has it, in the order of seeds."""
        return [cell.metrics[metric] for cell in self.cells(scenario, client) if metric in cell.metrics]

    def weighted(self, client: str, metric: str) -> list[float]:
        """For each seed the mean of a metric over scenarios, by their weights. Every run must have it; what weighs
        nothing is not asked, as it may be infinite."""
        total = sum(self.weights.values())
        by_scenario = [self.values(scenario, client, metric) for scenario in self.counted]
        weights = [self.weights[scenario] for scenario in self.counted]
        return [
            sum(weight * value for weight, value in zip(weights, row, strict=True)) / total
            for row in zip(*by_scenario, strict=True)
        ]

    def samples(self, scenario: str, client: str, of: str) -> list[Empirical]:
        """The values of all calls of each run, for quantiles. Runs without any are left out."""
        return self._samples(scenario, client, of)

    def _read(self, scenario: str, client: str, of: str) -> list[Empirical]:
        found = []
        for each in self._played[scenario, client]:
            with _in_words(each.cell):
                found.append(distributions.read(each.samples, of) if each.samples else _sorted(each.calls, of))
        return [values for values in found if len(values)]

    def tables(
        self, scenario: str, client: str, blob: Callable[[Played], bytes], columns: Sequence[str]
    ) -> Iterator[dict[str, tables.Column]]:
        """The columns of one table of each run, in the order of seeds. Raises `StoreError` for what is broken."""
        for each in self._played[scenario, client]:
            with _in_words(each.cell):
                found = tables.unpack(blob(each), columns)
            yield found


def _sorted(calls: bytes, of: str) -> Empirical:
    """One value a call, where that has a meaning: the same as the tally of that name has."""
    columns = tables.unpack(calls, _COLUMNS[of])
    if of == "duration":
        values = np.nan_to_num(columns["finished"] - columns["intended"], nan=np.inf)
    else:
        [values] = columns.values()
        values = values[~np.isnan(values)]
    return Empirical.of(np.sort(values[np.isfinite(values)] if of == "latency_ok" else values))


@contextmanager
def _in_words(cell: Cell) -> Iterator[None]:
    """Says of a broken table whose it is."""
    try:
        yield
    except (KeyError, ValueError) as error:
        raise StoreError(f"the tables of {cell.scenario}, {cell.client}, seed {cell.seed}: {error}") from None
