"""What every report says, before it has a format: a verdict, tables, notes. So they all show the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from brownout.fakes.units import format_share
from brownout.harness.agreement import Agreement
from brownout.harness.results import Estimate, Row, RunFile, Standing


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are text, ready to be shown. `best` names the rows to stress; the first column is a row's name."""

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Document:
    """A report."""

    title: str
    verdict: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    facts: dict[str, str] = field(default_factory=dict)
    command: str = ""


def document(run: RunFile, agreement: Sequence[Agreement] = ()) -> Document:
    """The report of a comparison, with how far another backend agrees if that was measured."""
    tables = [_standings(run.standings)]
    for scenario in run.scenarios:
        here = [row for row in run.rows if row.scenario == scenario.name]
        tables.append(_scenario(scenario.name, scenario.about, here))
        if here and here[0].faults:
            tables.append(_faults(scenario.name, here))
    if agreement:
        tables.append(_agreement(agreement))
    seeds = f"{run.seeds[0]} to {run.seeds[-1]}" if len(run.seeds) > 1 else f"{run.seeds[0]}"
    facts = {"backend": run.backend, "seeds": seeds, "made": run.created} | run.environment
    if run.sample != 1.0:
        facts["sample"] = f"{format_share(run.sample)} of the clients"
    facts |= {f"client {subject.name}": subject.about for subject in run.clients}
    return Document(
        "Brownout: which configuration holds", run.verdict, tuple(tables), tuple(run.notes), facts, run.command
    )


def _standings(standings: Sequence[Standing]) -> Table:
    rows = tuple(
        (
            standing.client,
            percent(standing.goodput),
            _interval(standing.goodput, percent_of),
            "" if i == 0 else f"{(standing.behind.value or 0) * 100:.1f} points",
            "" if i == 0 else _interval(standing.behind, points_of),
        )
        for i, standing in enumerate(standings)
    )
    return Table(
        "Standings",
        "Goodput is the share of all calls that were answered whole by their deadline, averaged over the scenarios. "
        "Intervals are 95% over seeds; differences are paired, as every client met the same world.",
        ("client", "goodput", "95% interval", "behind the first", "95% interval of that"),
        rows,
        frozenset(standing.client for standing in standings if standing.is_tied_with_best),
    )


def _scenario(name: str, about: str, rows: Sequence[Row]) -> Table:
    top = max((row.metrics["goodput"].value or 0.0) for row in rows)
    return Table(
        name,
        about,
        ("client", "goodput", "95% interval", "p50", "p95", "p99", "attempts per call", "timeouts", "failed calls"),
        tuple(_row(row) for row in rows),
        frozenset(row.client for row in rows if (row.metrics["goodput"].value or 0.0) == top),
    )


def _row(row: Row) -> tuple[str, ...]:
    figures = row.metrics
    failed = {kind: count for kind, count in row.outcomes.items() if kind != "ok"}
    return (
        row.client,
        percent(figures["goodput"]),
        _interval(figures["goodput"], percent_of),
        *(seconds(figures[name]) for name in ("p50", "p95", "p99")),
        f"{figures['amplification'].value or 0:.2f}",
        counts(row.timeouts),
        counts(failed),
    )


def _faults(scenario: str, rows: Sequence[Row]) -> Table:
    return Table(
        f"{scenario}: faults planned and fired",
        "How often each fault was meant for a request, and how often it took effect before the client had left.",
        ("fault", *(row.client for row in rows)),
        tuple(
            (name, *(f"{row.faults[name].planned} / {row.faults[name].fired}" for row in rows))
            for name in rows[0].faults
        ),
    )


def _agreement(agreement: Sequence[Agreement]) -> Table:
    return Table(
        "The simulator and the real SDK",
        "The same files, seed and sample, once in the simulator and once with the official SDK over real sockets.",
        (
            "scenario, client",
            "goodput, sim",
            "goodput, wire",
            "p50, sim",
            "p50, wire",
            "attempts, sim",
            "attempts, wire",
        ),
        tuple(
            (
                f"{each.scenario}, {each.client}",
                percent_of(each.goodput[0]),
                percent_of(each.goodput[1]),
                seconds(Estimate(value=each.p50[0])),
                seconds(Estimate(value=each.p50[1])),
                str(each.attempts[0]),
                str(each.attempts[1]),
            )
            for each in agreement
        ),
    )


def percent(estimate: Estimate) -> str:
    """Its value as a percentage."""
    return percent_of(estimate.value or 0.0)


def percent_of(share: float) -> str:
    """A share, or the bound of one: an interval may reach beyond what is possible, the page need not."""
    return f"{min(1.0, max(0.0, share)):.1%}"


def points_of(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{share * 100:.1f}"


def seconds(estimate: Estimate) -> str:
    """`never` where so many calls failed that the quantile is infinite."""
    return "never" if estimate.value is None else f"{estimate.value:.1f} s"


def _interval(estimate: Estimate, text: Callable[[float], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return "needs 3 seeds"
    return f"{text(estimate.low)} to {text(estimate.high)}"


def counts(found: dict[str, int]) -> str:
    """`stream_timeout 12, censored 3`, or a dash."""
    return ", ".join(f"{name} {count}" for name, count in found.items()) or "–"
