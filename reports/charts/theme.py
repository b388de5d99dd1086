"""What all charts have in common: colours that hold on white and on black, sizes, and how times are told."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from brownout.harness.metrics import Metric
from brownout.harness.part import Estimate

Spec = dict[str, Any]
Of = TypeVar("Of")
Colours = Mapping[str, str]

WIDTH = 860
"""Of a plot, in pixels of a page that is 1,000 wide."""
INK = "currentColor"
"""Text takes the page's own colour, dark or light."""
FAINT = "#8a8f98"
WRONG = "#e08700"
"""Of phases in which something is wrong."""

BLUE, ORANGE, GREEN, GREY = "#2f80ed", "#d9480f", "#12924f", "#6b7785"
_PALETTE = (BLUE, ORANGE, GREEN, "#a34fd0", "#c2255c", "#0b8a9e", "#97700b", GREY)
"""Each has a contrast of 3 to 1 or more on white and on #16181d, and a lightness of its own."""

CONFIG: Spec = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": FAINT,
        "tickColor": FAINT,
        "gridColor": FAINT,
        "gridOpacity": 0.25,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 190,
        "titleAnchor": "start",
    },
    "axisY": {
        "minExtent": 40,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 190,
    },
    "title": {"color": INK, "anchor": "start", "fontSize": 12, "fontWeight": "normal"},
    "text": {"fill": INK, "fontSize": 11},
}
_STROKE = {"symbolType": "stroke", "symbolStrokeWidth": 4, "symbolOpacity": 1}
_LETTER, _LONGEST = 7, 26
"""Pixels of a letter of a legend, and letters that the limit on labels leaves."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def colours(clients: Iterable[str]) -> Colours:
    """A colour for each of the first eight clients, the same in every chart. Nobody could tell more of them apart:
    charts of many lines show these alone."""
    return dict(zip(dict.fromkeys(clients), _PALETTE, strict=False))


def drawn(found: Mapping[str, Of], colours: Colours) -> dict[str, Of]:
    """Those that have a colour."""
    return {client: each for client, each in found.items() if client in colours}


def of_how_many(shown: Collection[object], there_are: int) -> str:
    """What a chart says that does not show everybody."""
    return "" if len(shown) == there_are else f" The best {len(shown)} of {there_are} clients are shown."


FORMATS = {"$": "$~f", "s": "~f", "x": "~f", "%": ".0%", "count": "~f"}
"""Of an axis, by the unit of its metric."""


def title(of: Metric) -> Spec:
    """Of a plot of one metric."""
    return {"text": of.title + (", s" if of.unit == "s" else ""), "offset": 6}


def whole(spec: Spec) -> Spec:
    """A specification with all that makes it complete."""
    return {"$schema": SCHEMA, "config": CONFIG, **spec}


def by_client(clients: Sequence[str], colours: Colours, *, has_legend: bool = True) -> Spec:
    """The encoding of colour."""
    found: Spec = {
        "field": "client",
        "type": "nominal",
        "scale": {"domain": list(clients), "range": [colours.get(client, FAINT) for client in clients]},
    }
    widest = 40 + _LETTER * min(_LONGEST, max(map(len, clients), default=0))
    return found | {"legend": {"columns": max(1, WIDTH // widest), **_STROKE} if has_legend else None}


def interval(found: Estimate) -> Spec:
    """A figure and its bounds as Vega knows them: what is infinite is none."""
    bounds = {"value": found.value, "low": found.low, "high": found.high}
    return {name: value if value is not None and math.isfinite(value) else None for name, value in bounds.items()}


def intervals(values: Sequence[Spec], x: Spec, clients: Sequence[str], colours: Colours, width: int) -> Spec:
    """One row a client: a dot for the figure, a line for its interval. Values have client, value, low, high."""
    y = {"field": "client", "type": "nominal", "sort": list(clients), "title": None}
    colour = by_client(clients, colours, has_legend=False)
    bounds = {"field": "low", "type": "quantitative", **x}
    return {
        "width": width,
        "height": {"step": 24},
        "data": {"values": list(values)},
        "encoding": {"y": y, "color": colour},
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": bounds, "x2": {"field": "high"}},
            },
            {
                "transform": [{"filter": "isValid(datum.value)"}],
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"x": bounds | {"field": "value"}},
            },
            {
                "transform": [{"filter": "!isValid(datum.value)"}],
                "mark": {"type": "text", "text": "never", "align": "left", "x": 4},
            },
        ],
    }


def seconds(tick_count: int, **more: Any) -> Spec:
    """An axis of plain seconds. Logarithmic ones leave some labels empty, and those stay so."""
    return {"title": None, "labelExpr": "datum.label ? datum.label + ' s' : ''", "tickCount": tick_count, **more}


def seconds_axis(end: float) -> Spec:
    """Time from the start of a scenario, in seconds, or from ten minutes on as `12:30`."""
    axis = seconds(10, grid=False, labelFlush=True)
    if end >= 600.0:
        axis["labelExpr"] = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02d')"
    return {"type": "quantitative", "scale": {"domain": [0, end], "nice": False}, "axis": axis}
