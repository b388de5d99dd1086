"""What a value does to each metric, with the stretch that nothing speaks against; and goodput against its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brownout.harness.metrics import metric
from brownout.harness.part import Estimate
from brownout.harness.recommended import Curve, Tuning

from ..slug import slug
from ..table import Chart
from . import theme
from .theme import Spec

_FORMATS = theme.FORMATS | {"%": ".1~%"}
"""A request in a thousand that timed out for nothing is told."""
_BEST, _OTHER = theme.ORANGE, theme.BLUE
RECOMMENDED = "recommended"
_DASHED = str.maketrans("._", "--")
"""Of the name of a value, for that of a file."""
_SPACE = 56
"""Pixels between two plots, for the labels of the second."""
_HEIGHT, _ROOM = 150, 44
"""Pixels of a plot; and from the middle of one name under it to the next."""


def curve(found: Tuning, curve: Curve, names: Sequence[str]) -> Chart:
    """One plot a metric, side by side."""
    width = (theme.WIDTH - _SPACE * len(names)) // len(names)
    best = next(step.value for step in curve.steps if step.is_best)
    return Chart(
        f"tuned-{slug(curve.name.translate(_DASHED))}",
        f"{curve.name} from {curve.steps[0].value} to {curve.steps[-1].value}: "
        f"{', '.join(metric(name).title for name in names)}, with 95% intervals. The best is {best}; nothing speaks "
        f"against {curve.low} to {curve.high}, which is shaded.",
        theme.whole({"hconcat": [_plot(curve, name, width) for name in names], "spacing": 16}),
        is_by_client=False,
    )


def _plot(curve: Curve, name: str, width: int) -> Spec:
    values = [
        {"at": step.position, "best": step.is_best, **theme.interval(step.metrics[name])}
        for step in curve.steps
        if name in step.metrics
    ]
    found = metric(name)
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, 1], "padding": 6}, "axis": None}
    scale = {"zero": found.unit in ("s", "$", "x"), "nice": True}
    y: Spec = {
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": None, "format": _FORMATS[found.unit], "tickCount": 4},
    }
    at = {step.value: step.position for step in curve.steps}
    known = {"transform": [{"filter": "isValid(datum.value)"}]}
    return {
        "title": theme.title(found),
        "width": width,
        "height": _HEIGHT,
        "data": {"values": values},
        "layer": [
            {
                "data": {"values": [{"low": at[curve.low], "high": at[curve.high]}]},
                "mark": {"type": "rect", "color": theme.FAINT, "opacity": 0.18},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "data": {"values": _named(curve, width)},
                "mark": {"type": "text", "y": _HEIGHT + 12},
                "encoding": {"x": {"field": "at", **x}, "text": {"field": "name"}},
            },
            {
                "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
                "mark": {"type": "rule", "color": _OTHER},
                "encoding": {"x": {"field": "at", **x}, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {
                **known,
                "mark": {"type": "line", "color": _OTHER, "strokeWidth": 1.5},
                "encoding": {"x": {"field": "at", **x}, "y": {"field": "value", **y}},
            },
            {
                **known,
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {
                    "x": {"field": "at", **x},
                    "y": {"field": "value", **y},
                    "color": {"condition": {"test": "datum.best", "value": _BEST}, "value": _OTHER},
                    "size": {"condition": {"test": "datum.best", "value": 110}, "value": 36},
                },
            },
        ],
    }


def _named(curve: Curve, width: int) -> list[Spec]:
    """The values that have room for their names under a plot, the best before all others."""
    found: list[Spec] = []
    taken: list[float] = []
    for step in sorted(curve.steps, key=lambda step: not step.is_best):
        if all(abs(step.position - other) * width >= _ROOM for other in taken):
            taken.append(step.position)
            found.append({"at": step.position, "name": step.value})
    return found


def letter(place: int) -> str:
    """A candidate on the front: no table has room for its values in a chart."""
    return chr(ord("A") + place)


def front(found: Tuning) -> Chart:
    """A dot a candidate, and a line through them; beside it the one that is recommended, if others beat it in both."""
    values = [
        {"name": RECOMMENDED if each.is_best else letter(i), "front": True, "best": each.is_best, **_both(each.metrics)}
        for i, each in enumerate(found.front)
    ]
    if not any(each.is_best for each in found.front) and {"goodput", "cost_per_good_call"} <= found.metrics.keys():
        values.append({"name": RECOMMENDED, "front": False, "best": True, **_both(found.metrics)})
    linear: Spec = {"type": "quantitative", "scale": {"zero": False, "nice": True}}
    x = {"field": "cost", **linear, "axis": {"title": "dollars per good call", "format": "$~f", "tickCount": 6}}
    y = {"field": "goodput", **linear, "axis": {"title": None, "format": ".1%", "tickCount": 5}}
    return Chart(
        "tuned-front",
        "Goodput of candidates against dollars per good call: those that no other beats in both, by their letters.",
        theme.whole(
            {
                "title": {"text": "goodput against its price", "offset": 6},
                "width": theme.WIDTH,
                "height": 200,
                "data": {"values": values},
                "encoding": {"x": x, "y": y},
                "layer": [
                    {
                        "transform": [{"filter": "datum.front"}],
                        "mark": {"type": "line", "color": theme.FAINT, "strokeDash": [4, 3]},
                    },
                    {
                        "mark": {"type": "point", "filled": True, "opacity": 1},
                        "encoding": {
                            "color": {"condition": {"test": "datum.best", "value": _BEST}, "value": _OTHER},
                            "size": {"condition": {"test": "datum.best", "value": 130}, "value": 60},
                        },
                    },
                    {
                        "mark": {"type": "text", "align": "left", "dx": 8, "dy": -8, "fontSize": 12},
                        "encoding": {"text": {"field": "name"}},
                    },
                ],
            }
        ),
        is_by_client=False,
    )


def _both(metrics: Mapping[str, Estimate]) -> Spec:
    names = {"goodput": "goodput", "cost": "cost_per_good_call"}
    return {field: theme.interval(metrics[name])["value"] for field, name in names.items()}
