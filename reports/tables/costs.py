"""What each client asks of the service in a scenario, what it costs, and how long trouble lasts; with a chart."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.metrics import metric
from brownout.harness.results import PlayedScenario, Row

from .. import words
from ..charts import costs as chart
from ..charts.theme import Colours
from ..table import Table

SHOWN = ("amplification", "waste_per_call", "time_to_recover")
"""Requests per call, dollars of answers thrown away per call, seconds from the last fault until all is well."""


def costs(scenario: PlayedScenario, rows: Sequence[Row], colours: Colours) -> Table | None:
    """One row a client; None where none of it has a meaning."""
    names = [name for name in SHOWN if any(name in row.metrics for row in rows)]
    if not names:
        return None
    return Table(
        f"{scenario.name}: load, waste and recovery",
        "With 95% intervals over seeds. " + "; ".join(f"{metric(name).title}: {metric(name).about}" for name in names),
        ("client", *(metric(name).title for name in names)),
        tuple(
            (
                row.client,
                *(words.with_bounds(name, row.metrics[name]) if name in row.metrics else "–" for name in names),
            )
            for row in rows
        ),
        is_detail=True,
        chart=chart.chart(scenario, rows, names, colours),
    )
