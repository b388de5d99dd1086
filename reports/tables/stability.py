"""How much load is safe: the load at which a client no longer lets the service come back, and a map of what becomes of
it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from brownout.harness.stable import Diagram, Stability

from ..charts import stability as charts
from ..table import Table

_TROUBLE = "trouble"
"""What the rows of a map are, of a scenario whose trouble is longer or shorter."""


def tables(found: Sequence[Stability]) -> list[Table]:
    """The loads first, then a map for each client, scenario and what its rows are."""
    if not found:
        return []
    return [_loads(found), *(_map(each, diagram) for each in found for diagram in each.diagrams)]


def headline(found: Sequence[Stability]) -> str:
    """Who is safe up to where; of several scenarios the one that is the least safe. And where the maps say less."""
    least: dict[str, Stability] = {}
    for each in sorted(found, key=lambda each: each.safe):
        least.setdefault(each.client, each)
    ranked = sorted(least.values(), key=lambda each: -each.safe)
    said = ", ".join(f"{_safe(each)} with {each.client}" for each in ranked)
    told = f"The load under which the service comes back: {said}."
    less = list(filter(None, (_less([of for of in found if of.client == each.client], each.safe) for each in ranked)))
    return f"{told} By the maps it does not always, already at {', at '.join(less)}." if less else told


def _less(found: Sequence[Stability], safe: float) -> str:
    """The smallest load up to the safe one at which one client's map has a world that did not come back, and after
    which trouble. A map by values is of other clients than this one."""
    places = [
        (load, each, row)
        for each in found
        for diagram in each.diagrams
        if diagram.by == _TROUBLE
        for row, shares in zip(diagram.rows, diagram.back, strict=True)
        for load, back in zip(diagram.loads, shares, strict=True)
        if load <= safe and not math.isclose(back, 1.0)
    ]
    if not places:
        return ""
    load, first, _ = min(places, key=lambda place: place[0])
    rows = ", ".join(row for at, each, row in places if at == load and each is first)
    return f"{_times(load)} with {first.client} in {first.scenario} after trouble of {rows}"


def _times(load: float) -> str:
    """Of the scenario's own load."""
    return f"{load:.2f}x"


def _safe(each: Stability) -> str:
    """Up to where it came back in every world."""
    if _never_turned(each):
        return f"{_times(each.highest)} and more"
    return _times(each.safe) if each.safe else "at none"


def _loads(found: Sequence[Stability]) -> Table:
    best = max(each.safe for each in found)
    return Table(
        "How much load is safe",
        "Times the scenario's own load. Safe: the largest load under which the service came back after the trouble in "
        "every world, which is a seed. It turns at the mean of the loads from which it does not, with its 95% interval "
        "over worlds, if it turns under any that was tried: it stays down though it could do the work, or could not do "
        "it without any trouble either.",
        ("client", "scenario", "safe up to", "turns at", "95% interval", "worlds"),
        tuple(
            (each.client, each.scenario, _safe(each), _turns(each), _bounds(each), str(each.worlds)) for each in found
        ),
        frozenset(each.client for each in found if each.safe == best),
    )


def _never_turned(each: Stability) -> bool:
    """In no world: what is kept of it is then the largest load, which says nothing of where it would."""
    return each.safe >= each.highest


def _turns(each: Stability) -> str:
    return f"> {_times(each.highest)}" if _never_turned(each) else _times(each.turns_at.value)


def _bounds(each: Stability) -> str:
    if _never_turned(each):
        return "–"
    low, high = each.turns_at.low, each.turns_at.high
    return "–" if low is None or high is None else f"{_times(low)} to {_times(high)}"


def _map(each: Stability, diagram: Diagram) -> Table:
    what = diagram.by
    about = "times as long as in the scenario" if diagram.by == _TROUBLE else "as set"
    rows = zip(diagram.rows, diagram.back, diagram.down, strict=True)
    return Table(
        f"{each.client} in {each.scenario}, by {what}",
        f"The share of {each.worlds} worlds in which the service comes back, by load and {what} ({about}). Down: it "
        "could do the work, and does not come back. Else it could not do it without trouble either.",
        (what, *map(_times, diagram.loads)),
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
