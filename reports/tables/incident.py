"""One scenario: how its clients fared, what their calls were lost to, every metric, and its faults."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.metrics import METRICS, metric
from brownout.harness.results import PlayedScenario, Row

from .. import words
from ..table import Table

_COLUMNS = {
    "par2": "penalized wait",
    "rmst_share": "wait / deadline",
    "p50(latency)": "p50",
    "p95(latency)": "p95",
    "p99(latency)": "p99",
    "amplification": "requests per call",
    "time_to_recover": "recovers in",
}
"""The metrics that a scenario's table shows; the rest stands in the one with every metric."""


def scenario(subject: PlayedScenario, rows: Sequence[Row]) -> Table:
    """One scenario, one row a client."""
    shown = [(name, title) for name, title in _COLUMNS.items() if any(name in row.metrics for row in rows)]
    return Table(
        subject.name,
        subject.about,
        ("client", "rank", "goodput, 95% interval", *(title for _, title in shown)),
        tuple(_scenario_row(row, [name for name, _ in shown]) for row in rows),
        frozenset(row.client for row in rows if row.is_best),
    )


def _scenario_row(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    goodput = words.with_bounds("goodput", row.metrics["goodput"])
    return row.client, str(row.rank), goodput, *(_value(row, name) for name in names)


def _value(row: Row, name: str) -> str:
    return words.of(name, row.metrics[name].value) if name in row.metrics else "–"


def losses(scenario: str, rows: Sequence[Row]) -> Table:
    """What became of the calls that were not answered."""
    return Table(
        f"{scenario}: what calls were lost to",
        "How the calls ended that were not answered whole, and the limits of the client's own that ended requests.",
        ("client", "calls", "lost calls", "requests timed out"),
        tuple(
            (
                row.client,
                f"{sum(row.outcomes.values()):,}",
                words.counts({kind: count for kind, count in row.outcomes.items() if kind != "ok"}),
                words.counts(row.timeouts),
            )
            for row in rows
        ),
    )


def every_metric(scenario: str, rows: Sequence[Row]) -> Table:
    """Every metric with its interval, one column a client. What has no meaning for anybody is left out."""
    names = dict.fromkeys((*METRICS, *(name for row in rows for name in row.metrics)))
    return Table(
        f"{scenario}: every metric",
        "With the 95% interval over seeds. A dash stands where a metric has no meaning for a client.",
        ("metric", *(row.client for row in rows), "what it is"),
        tuple(
            (
                metric(name).title,
                *(words.with_bounds(name, row.metrics[name]) if name in row.metrics else "–" for row in rows),
                metric(name).about,
            )
            for name in names
            if any(name in row.metrics for row in rows)
        ),
        is_detail=True,
    )


def faults(scenario: str, rows: Sequence[Row]) -> Table:
    """Whether the scenario did what it says."""
    return Table(
        f"{scenario}: faults planned and fired",
        "How often each fault was meant for a request, and how often it took effect before the client had left.",
        ("fault", *(row.client for row in rows)),
        tuple(
            (name, *(f"{row.faults[name].planned:,} / {row.faults[name].fired:,}" for row in rows))
            for name in rows[0].faults
        ),
        is_detail=True,
    )
