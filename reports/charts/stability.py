"""A phase diagram: by load and something else, whether the service comes back."""

from __future__ import annotations

from brownout.harness.stable import Diagram, Stability

from ..slug import slug
from ..table import Chart
from . import theme
from .theme import Spec

_KINDS = {"comes back": theme.GREEN, "stays down": theme.ORANGE, "too much without trouble": theme.GREY}
_CELL = 34
"""Pixels of a row."""


def phases(found: Stability, diagram: Diagram) -> Chart:
    """A field for each place, split by what becomes of the service in how many worlds."""
    values = [
        value
        for name, back, down in zip(diagram.rows, diagram.back, diagram.down, strict=True)
        for place, (b, d) in enumerate(zip(back, down, strict=True))
        for value in _field(name, place, b, d)
    ]
    heads = [{"at": place + 0.5, "load": f"{load:g}x"} for place, load in enumerate(diagram.loads)]
    height = _CELL * len(diagram.rows)
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, len(heads)], "nice": False}, "axis": None}
    colour: Spec = {
        "field": "fate",
        "type": "nominal",
        "scale": {"domain": list(_KINDS), "range": list(_KINDS.values())},
        "legend": {"columns": len(_KINDS), "symbolType": "square"},
    }
    return Chart(
        f"stability-{slug(found.client)}-{slug(found.scenario)}-{slug(diagram.by.translate(_DASHED))}",
        f"{found.client} in {found.scenario}, by load and {diagram.by}: in how many of {found.worlds} worlds the "
        "service comes back, stays down, or has too much to do without any trouble.",
        theme.whole(
            {
                "title": {"text": f"{found.client} in {found.scenario}: load across, {diagram.by} down", "offset": 6},
                "width": theme.WIDTH - 80,
                "height": height,
                "layer": [
                    {
                        "data": {"values": values},
                        "mark": {"type": "rect", "opacity": 0.85},
                        "encoding": {
                            "x": {"field": "from", **x},
                            "x2": {"field": "to"},
                            "y": {"field": "row", "type": "ordinal", "sort": diagram.rows, "axis": {"title": None}},
                            "color": colour,
                        },
                    },
                    {
                        "data": {"values": heads},
                        "mark": {"type": "text", "y": height + 12},
                        "encoding": {"x": {"field": "at", **x}, "text": {"field": "load"}},
                    },
                ],
            }
        ),
        is_by_client=False,
    )


_DASHED = str.maketrans("._", "--")
_EDGE = 0.02
"""Of a field, that is left free around it."""


def _field(row: str, place: int, back: float, down: float) -> list[Spec]:
    """The parts of one place, from left to right."""
    found, begin = [], 0.0
    for fate, end in zip(_KINDS, (back, back + down, 1.0), strict=True):
        if end > begin + 1e-9:
            found.append({"row": row, "fate": fate, "from": _across(place, begin), "to": _across(place, end)})
            begin = end
    return found


def _across(place: int, share: float) -> float:
    return place + _EDGE + (1.0 - 2.0 * _EDGE) * share
