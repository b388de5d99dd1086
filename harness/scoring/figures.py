"""The finished cells of a run, by scenario, client and seed, with the values of every call where those are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from .. import tables
from ..results import Cell
from ..store import Played, StoreError

Values = npt.NDArray[np.float64]

_COLUMNS = {"latency": "latency", "latency_ok": "latency", "ttft": "ttft", "gap": "largest_gap"}
"""What a quantile is taken of -> the column of the table of calls that has it."""


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
        self._samples = cache(self._sorted)

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

    def samples(self, scenario: str, client: str, of: str) -> list[Values]:
        """One sorted array of values a run, for quantiles over all calls. Runs without any are left out."""
        return self._samples(scenario, client, of)

    def _sorted(self, scenario: str, client: str, of: str) -> list[Values]:
        column, found = _COLUMNS[of], []
        for calls in self.tables(scenario, client, lambda played: played.calls, (column,)):
            values = calls[column][~np.isnan(calls[column])]
            found.append(np.sort(values[np.isfinite(values)] if of == "latency_ok" else values))
        return [values for values in found if len(values)]

    def tables(
        self, scenario: str, client: str, blob: Callable[[Played], bytes], columns: Sequence[str]
    ) -> Iterator[dict[str, tables.Column]]:
        """The columns of one table of each run, in the order of seeds. Raises `StoreError` for what is broken."""
        for each in self._played[scenario, client]:
            try:
                yield tables.unpack(blob(each), columns)
            except (KeyError, ValueError) as error:
                cell = each.cell
                raise StoreError(f"the tables of {cell.scenario}, {cell.client}, seed {cell.seed}: {error}") from None
