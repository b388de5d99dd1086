"""One row a scenario and client: what was counted is summed, what was measured is estimated with its interval."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..metrics import METRICS, by_count
from ..metrics.quantiles import parts
from ..part import Estimate
from ..results import FaultCount, Row
from .estimates import estimate, pooled
from .figures import Figures
from .standings import SCORE, compared, ranks


def rows(figures: Figures, more: Mapping[str, Sequence[str]] | None = None) -> list[Row]:
    """By scenario, then client. `more` names metrics of a scenario's objectives that are not measured anyway."""
    found = []
    for scenario in figures.scenarios:
        places = _places(figures, scenario)
        for client in figures.clients:
            names = [*METRICS, *(more or {}).get(scenario, ())]
            found.append(_row(figures, scenario, client, places[client], list(dict.fromkeys(names))))
    return found


def ranked(figures: Figures, rows: Sequence[Row]) -> list[Row]:
    """The rows with the ranks that all these clients have among each other: for rows that come from several runs."""
    places = {scenario: _places(figures, scenario) for scenario in figures.scenarios}
    found = ((row, places[row.scenario][row.client]) for row in rows)
    return [row.model_copy(update={"rank": rank, "is_best": rank == 1}) for row, rank in found]


def _places(figures: Figures, scenario: str) -> dict[str, int]:
    values = {client: figures.values(scenario, client, SCORE) for client in figures.clients}
    return ranks(compared(values), values)


def _row(figures: Figures, scenario: str, client: str, rank: int, names: Sequence[str]) -> Row:
    cells = figures.cells(scenario, client)
    present = [name for name in names if any(name in cell.metrics for cell in cells)]
    return Row(
        scenario=scenario,
        client=client,
        rank=rank,
        is_best=rank == 1,
        metrics={name: estimated(figures, scenario, client, name) for name in present},
        absent={name: next(cell.absent[name] for cell in cells) for name in names if name not in present},
        outcomes=_sum(cell.outcomes for cell in cells),
        timeouts=_sum(cell.timeouts for cell in cells),
        faults={name: _sum_faults(cell.faults[name] for cell in cells) for name in cells[0].faults},
        transitions=_sum(cell.transitions for cell in cells),
    )


def estimated(figures: Figures, scenario: str, client: str, metric: str) -> Estimate:
    """A quantile is that of the calls of all runs together, anything else the mean over the runs that have it."""
    quantile = parts(metric)
    if quantile is None:
        return estimate(figures.values(scenario, client, metric), most(metric))
    q, of = quantile
    return pooled(figures.samples(scenario, client, of), q)


def most(metric: str) -> float:
    """What the metric cannot exceed."""
    return 1.0 if metric != SCORE and metric in METRICS and METRICS[metric].unit == "%" else math.inf


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return by_count(total.items())


def _sum_faults(counts: Iterable[FaultCount]) -> FaultCount:
    pairs = [(count.planned, count.fired) for count in counts]
    return FaultCount(planned=sum(p for p, _ in pairs), fired=sum(f for _, f in pairs))
