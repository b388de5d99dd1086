"""Who is best: the penalized wait of each client; and goodput against its price, with the front."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.results import Standing

from ..table import Chart
from . import theme
from .theme import Colours, Spec


def ranking(found: Sequence[Standing], colours: Colours) -> Chart:
    """One line a client, the best first."""
    clients = [each.client for each in found]
    values = [{"client": each.client, **theme.interval(each.score)} for each in found]
    axis = {"title": None, "format": ".0%", "tickCount": 6}
    plot = theme.intervals(values, {"axis": axis, "scale": {"zero": True}}, clients, colours, theme.WIDTH - 150)
    title = {"text": "penalized wait, a share of the deadline: less is better", "offset": 6}
    return Chart(
        "standings",
        "The penalized wait of each client with its 95% interval, the best first.",
        theme.whole({"title": title, **plot}),
    )


def front(found: Sequence[Standing], colours: Colours) -> Chart:
    """A dot a client, with intervals both ways; a line through those that nobody beats in both."""
    clients = [each.client for each in found]
    values = [
        {"client": each.client, "front": each.is_on_front, **_both(each)}
        for each in found
        if theme.interval(each.cost)["value"] is not None
    ]
    x: Spec = {
        "type": "quantitative",
        "scale": {"zero": False, "nice": True},
        "axis": {"title": "dollars per good call", "format": "$~f", "tickCount": 6},
    }
    y: Spec = {
        "type": "quantitative",
        "scale": {"zero": False, "nice": True},
        "axis": {"title": None, "format": ".0%", "tickCount": 5},
    }
    colour = theme.by_client(clients, colours, has_legend=False)
    at = {"x": {"field": "cost", **x}, "y": {"field": "goodput", **y}, "color": colour}
    return Chart(
        "front",
        "Goodput of each client against dollars per good call: further up and further left is better; the line joins "
        "the clients that no other beats in both.",
        theme.whole(
            {
                "title": {"text": "goodput against its price (line: nobody is better in both)", "offset": 6},
                "width": theme.WIDTH,
                "height": 230,
                "data": {"values": values},
                "layer": [
                    {
                        "transform": [{"filter": "datum.front"}],
                        "mark": {"type": "line", "color": theme.FAINT, "strokeDash": [4, 3]},
                        "encoding": {"x": at["x"], "y": at["y"], "order": {"field": "cost"}},
                    },
                    {"mark": "rule", "encoding": at | {"y": {"field": "good_low", **y}, "y2": {"field": "good_high"}}},
                    {"mark": "rule", "encoding": at | {"x": {"field": "cost_low", **x}, "x2": {"field": "cost_high"}}},
                    {"mark": {"type": "point", "filled": True, "size": 90, "opacity": 1}, "encoding": at},
                    {
                        "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8, "limit": 190, "fontSize": 12},
                        "encoding": {"x": at["x"], "y": at["y"], "text": {"field": "client"}},
                    },
                ],
            }
        ),
    )


def _both(each: Standing) -> Spec:
    goodput, cost = theme.interval(each.goodput), theme.interval(each.cost)
    return {
        "goodput": goodput["value"],
        "good_low": goodput["low"],
        "good_high": goodput["high"],
        "cost": cost["value"],
        "cost_low": cost["low"],
        "cost_high": cost["high"],
    }
