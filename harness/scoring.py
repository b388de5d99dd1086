"""From cells to a verdict: figures over seeds, clients ranked by goodput, how far apart and how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .metrics import METRICS, by_count
from .results import Cell, Estimate, FaultCount, Row, Standing
from .statistics import Interval, median, student


class Unplayable(Exception):
    """A scenario that cannot mean what it says: nothing was called, or a fault that never fired anywhere."""


def rows(cells: Sequence[Cell], scenarios: Sequence[str], clients: Sequence[str]) -> list[Row]:
    """One row a scenario and client, over seeds."""
    return [
        _row(s, c, [cell for cell in cells if cell.scenario == s and cell.client == c])
        for s in scenarios
        for c in clients
    ]


def _row(scenario: str, client: str, cells: list[Cell]) -> Row:
    return Row(
        scenario=scenario,
        client=client,
        metrics={name: estimate([cell.metrics[name] for cell in cells]) for name in METRICS},
        outcomes=_sum(cell.outcomes for cell in cells),
        timeouts=_sum(cell.timeouts for cell in cells),
        faults={name: _sum_faults(cell.faults[name] for cell in cells) for name in cells[0].faults},
        breaker_opened=sum(cell.breaker_opened for cell in cells),
    )


def estimate(values: list[float | None]) -> Estimate:
    """The mean over runs; where a run has none (it is infinite), the median run, without an interval."""
    finite = [value for value in values if value is not None]
    if len(finite) < len(values):
        middle = median([float("inf") if value is None else value for value in values])
        return Estimate(value=None if middle == float("inf") else middle)
    return _shown(student(finite))


def _shown(interval: Interval) -> Estimate:
    return Estimate(value=interval.mean, low=interval.low, high=interval.high)


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return by_count(total.items())


def _sum_faults(counts: Iterable[FaultCount]) -> FaultCount:
    pairs = [(count.planned, count.fired) for count in counts]
    return FaultCount(planned=sum(p for p, _ in pairs), fired=sum(f for _, f in pairs))


def standings(cells: Sequence[Cell], clients: Sequence[str], seeds: Sequence[int]) -> list[Standing]:
    """Clients by mean goodput over all scenarios, best first, each paired with the best by seed."""
    by_seed = {client: [_mean_goodput(cells, client, seed) for seed in seeds] for client in clients}
    ranked = sorted(clients, key=lambda client: (-sum(by_seed[client]), clients.index(client)))
    best = by_seed[ranked[0]]
    found = []
    for client in ranked:
        behind = student([b - o for b, o in zip(best, by_seed[client], strict=True)])
        found.append(
            Standing(
                client=client,
                goodput=_shown(student(by_seed[client])),
                behind=_shown(behind),
                is_tied_with_best=client == ranked[0] or not behind.excludes_zero,
            )
        )
    return found


def _mean_goodput(cells: Sequence[Cell], client: str, seed: int) -> float:
    values = [cell.metrics["goodput"] for cell in cells if cell.client == client and cell.seed == seed]
    return sum(value for value in values if value is not None) / len(values)


def verdict(standings: Sequence[Standing], scenarios: Sequence[str], seeds: Sequence[int]) -> str:
    """The answer in a sentence: who, by how much, how sure."""
    best, *others = standings
    where = f"{len(scenarios)} scenarios" if len(scenarios) > 1 else scenarios[0]
    runs = f"{len(seeds)} seeds" if len(seeds) > 1 else "1 seed"
    holds = f"{best.client} answers {_percent(best.goodput)} of calls in time over {where} ({runs})"
    if not others:
        return f"{holds}."
    tied = [other for other in others if other.is_tied_with_best]
    nearest = (tied or others)[0]
    gap, names = nearest.behind, ", ".join(other.client for other in tied)
    if gap.low is None or gap.high is None:
        return (
            f"{holds}, {_points(gap.value)} points more than {nearest.client}; "
            "not enough data: at least 3 seeds needed."
        )
    if not tied:
        return (
            f"{holds}, {_points(gap.value)} points more than {nearest.client} "
            f"(95% interval {_points(gap.low)} to {_points(gap.high)})."
        )
    if not gap.value:
        return f"{holds}, and so {'do' if len(tied) > 1 else 'does'} {names}."
    return f"{holds}, but not surely more than {names}: the difference of {_points(gap.value)} points may be chance."


def _percent(estimate: Estimate) -> str:
    return f"{(estimate.value or 0.0):.1%}"


def _points(share: float | None) -> str:
    return f"{(share or 0.0) * 100:.1f}"


def check_played(rows: Sequence[Row]) -> list[str]:
    """Notes on faults that did not fire in one place; raises `Unplayable` for one that fired nowhere."""
    notes, idle = [], []
    for scenario in dict.fromkeys(row.scenario for row in rows):
        here = [row for row in rows if row.scenario == scenario]
        for name in here[0].faults:
            silent = [row.client for row in here if not row.faults[name].fired]
            if len(silent) == len(here):
                idle.append(f"{scenario}: the fault of {name} fired for no client and no seed: it tests nothing")
            elif silent:
                notes.append(f"{scenario}: the fault of {name} never fired for {', '.join(silent)}")
    if idle:
        raise Unplayable("\n".join(idle))
    return notes
