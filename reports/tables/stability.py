"""How much load is safe: the load at which a client no longer lets the service come back, and a map of what becomes of
it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from brownout.harness.stable import Diagram, Stability

from ..charts import stability as charts
from ..table import Table


def tables(found: Sequence[Stability]) -> list[Table]:
    """The loads first, then a map for each client, scenario and what its rows are."""
    if not found:
        return []
    return [_loads(found), *(_map(each, diagram) for each in found for diagram in each.diagrams)]


def times(load: float) -> str:
    """Of the scenario's own load."""
    return f"{load:.2f}x"


def safe(each: Stability) -> str:
    """Up to where it came back in every world."""
    if each.safe >= each.highest:
        return f"{times(each.highest)} and more"
    return times(each.safe) if each.safe else "at none"


def _loads(found: Sequence[Stability]) -> Table:
    best = max(each.safe for each in found)
    return Table(
        "How much load is safe",
        "Times the scenario's own load. Safe: the largest load under which the service came back after the trouble in "
        "every world, which is a seed. It turns at the mean of the loads from which it does not, with its 95% interval "
        "over worlds: it stays down though it could do the work, or could not do it without any trouble either.",
        ("client", "scenario", "safe up to", "turns at", "95% interval", "worlds"),
        tuple(
            (each.client, each.scenario, safe(each), times(each.turns_at.value), _bounds(each), str(each.worlds))
            for each in found
        ),
        frozenset(each.client for each in found if each.safe == best),
    )


def _bounds(each: Stability) -> str:
    low, high = each.turns_at.low, each.turns_at.high
    return "–" if low is None or high is None else f"{times(low)} to {times(high)}"


def _map(each: Stability, diagram: Diagram) -> Table:
    what = "trouble" if diagram.by == "trouble" else diagram.by
    about = "times as long as in the scenario" if diagram.by == "trouble" else "as set"
    rows = zip(diagram.rows, diagram.back, diagram.down, strict=True)
    return Table(
        f"{each.client} in {each.scenario}, by {what}",
        f"The share of {each.worlds} worlds in which the service comes back, by load and {what} ({about}). Down: it "
        "could do the work, and does not come back. Else it could not do it without trouble either.",
        (what, *map(times, diagram.loads)),
        tuple((name, *(_cell(b, d) for b, d in zip(back, down, strict=True))) for name, back, down in rows),
        is_detail=True,
        chart=charts.phases(each, diagram),
        shades=tuple(tuple(row) for row in diagram.down),
    )


def _cell(back: float, down: float) -> str:
    if math.isclose(back, 1.0):
        return "back"
    parts = [f"{back:.0%} back"] if back else []
    parts += [f"{down:.0%} down"] if down else []
    rest = 1.0 - back - down
    parts += ["too much" if rest > 0.999 else f"{rest:.0%} too much"] if rest > 1e-9 else []
    return ", ".join(parts)
