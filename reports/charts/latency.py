"""How long calls took, as the share of them that was answered within a time, with deadlines and limits marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brownout.harness.results import PlayedScenario
from brownout.harness.scoring.views import STEPS

from ..slug import slug
from ..table import Chart
from . import theme
from .theme import Colours, Spec

_MARKED = ("read timeout", "deadline", "content gap", "hedge after")
"""Limits that act on the time of a call; connecting takes no time worth a mark."""


def chart(
    scenario: PlayedScenario,
    latencies: Mapping[str, Sequence[float]],
    limits: Mapping[str, Mapping[str, float]],
    colours: Colours,
) -> Chart:
    """One curve a client; it ends at the share that was answered at all, and goes on level from there."""
    everybody, latencies = latencies, theme.drawn(latencies, colours)
    clients = list(latencies)
    limits = theme.drawn(limits, colours)
    longest = max(found[-1] for found in latencies.values() if found)
    last = max(longest, *scenario.deadlines) * 1.25
    first = min(last / 10, max(0.001, min(found[0] for found in latencies.values() if found) * 0.8))
    x: Spec = {
        "type": "quantitative",
        "scale": {"type": "log", "domain": [first, last], "nice": False, "clamp": True},
        "axis": theme.seconds(6, format="~g"),
    }
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": None, "format": ".0%", "tickCount": 5},
    }
    colour = theme.by_client(clients, colours)
    marks = _marks(limits, first, last)
    return Chart(
        f"{slug(scenario.name)}-latency",
        f"{scenario.name}: for {', '.join(clients)} the share of calls that was answered within a time, on a "
        "logarithmic axis; triangles are limits of the clients, the upright line is the deadline."
        + theme.of_how_many(latencies, len(everybody)),
        theme.whole(
            {
                "title": {
                    "text": "calls answered within a time (line: deadline; triangles: limits that the clients set)",
                    "offset": 6,
                },
                "width": theme.WIDTH,
                "height": 200,
                "layer": [
                    {
                        "data": {"values": [{"d": deadline} for deadline in scenario.deadlines]},
                        "mark": {"type": "rule", "color": theme.WRONG, "strokeDash": [5, 3], "strokeWidth": 1.5},
                        "encoding": {"x": {"field": "d", **x}},
                    },
                    {
                        "data": {"values": _curves(latencies, last)},
                        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
                        "encoding": {"x": {"field": "t", **x}, "y": {"field": "v", **y}, "color": colour},
                    },
                    {
                        "data": {"values": marks},
                        "mark": {"type": "point", "shape": "triangle-up", "filled": True, "size": 60, "opacity": 1},
                        "encoding": {"x": {"field": "t", **x}, "y": {"field": "v", **y}, "color": colour},
                    },
                ],
            }
        ),
    )


def _curves(latencies: Mapping[str, Sequence[float]], last: float) -> list[Spec]:
    found: list[Spec] = []
    for client, values in latencies.items():
        points = [(value, (i + 1) / STEPS) for i, value in enumerate(values)]
        if points:
            points = [(points[0][0], 0.0), *points, (last, points[-1][1])]
        found += [{"t": t, "v": share, "client": client} for t, share in points]
    return found


def _marks(limits: Mapping[str, Mapping[str, float]], first: float, last: float) -> list[Spec]:
    """Those within the picture, a little apart where several clients have the same."""
    return [
        {"t": limit, "v": 0.025 + 0.05 * row, "client": client, "limit": name}
        for row, (client, found) in enumerate(limits.items())
        for name, limit in found.items()
        if name in _MARKED and first <= limit <= last
    ]
