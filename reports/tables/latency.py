"""How long calls took in a scenario, as quantiles, with the limits that end them; and the chart of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brownout.harness.results import PlayedClient, PlayedScenario, Row
from brownout.harness.scoring.views import STEPS

from .. import words
from ..charts import latency as chart
from ..charts.theme import Colours
from ..table import Table

_SHOWN = (0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def latency(
    scenario: PlayedScenario, rows: Sequence[Row], clients: Mapping[str, PlayedClient], colours: Colours
) -> Table | None:
    """One row a client; None where nobody was ever answered."""
    if not any(row.latencies for row in rows if row.client in colours):
        return None
    limits = {row.client: clients[row.client].limits if row.client in clients else {} for row in rows}
    deadlines = ", ".join(f"{deadline:g} s" for deadline in scenario.deadlines)
    return Table(
        f"{scenario.name}: how long calls took",
        "Quantiles of the time from the moment a call was meant to be sent to its whole answer, over all calls; a call "
        f"without an answer takes for ever. Deadline{'s' if len(scenario.deadlines) > 1 else ''}: {deadlines}.",
        ("client", *(f"p{q * 100:g}" for q in _SHOWN), "limits that the client sets"),
        tuple(
            (row.client, *(_quantile(row.latencies, q) for q in _SHOWN), _limits(limits[row.client])) for row in rows
        ),
        is_detail=True,
        chart=chart.chart(scenario, {row.client: row.latencies for row in rows}, limits, colours),
    )


def _quantile(latencies: Sequence[float], q: float) -> str:
    place = round(q * STEPS)
    return words.of("p50(latency)", latencies[place - 1] if place <= len(latencies) else float("inf"))


def _limits(limits: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {limit:g} s" for name, limit in limits.items()) or "–"
