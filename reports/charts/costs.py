"""Requests per call, waste in dollars, and time to recover, side by side with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.metrics import metric
from brownout.harness.results import PlayedScenario, Row

from ..slug import slug
from ..table import Chart
from . import theme
from .theme import Colours, Spec

_SPACE = 120
"""Pixels between two plots, for the names."""


def chart(scenario: PlayedScenario, rows: Sequence[Row], names: Sequence[str], colours: Colours) -> Chart:
    """One plot a metric, one line a client."""
    everybody, rows = rows, [row for row in rows if row.client in colours]
    width = (theme.WIDTH - _SPACE * len(names)) // len(names) + 40
    return Chart(
        f"{slug(scenario.name)}-costs",
        f"{scenario.name}: {', '.join(metric(name).title for name in names)} of each client, with 95% intervals."
        + theme.of_how_many(rows, len(everybody)),
        theme.whole({"hconcat": [_plot(name, rows, colours, width) for name in names], "spacing": 24}),
    )


def _plot(name: str, rows: Sequence[Row], colours: Colours, width: int) -> Spec:
    found = metric(name)
    axis = {"title": None, "format": theme.FORMATS[found.unit], "tickCount": 4}
    clients = [row.client for row in rows]
    x = {"axis": axis, "scale": {"zero": True, "nice": True}}
    values = [{"client": row.client, **theme.interval(row.metrics[name])} for row in rows if name in row.metrics]
    return {"title": theme.title(found), **theme.intervals(values, x, clients, colours, width)}
