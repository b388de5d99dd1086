"""How soon a rule calls somebody, against how often for nothing: as it is made easier or harder to set off."""

from __future__ import annotations

from collections.abc import Mapping

from brownout.harness.alerting import AlertsFile, WatchedScenario

from ..slug import slug
from ..table import Chart
from . import theme
from .theme import Colours, Spec

_HEIGHT = 260
_UNITS = ((2 * 86_400.0, 86_400.0, "days"), (2 * 3600.0, 3600.0, "hours"), (0.0, 60.0, "minutes"))
"""From which delay on what it is told in, in seconds."""


def tradeoff(found: AlertsFile, scenario: WatchedScenario, colours: Colours) -> Chart | None:
    """A line a rule, in one scenario that has trouble; None where no rule has anything to show."""
    delays = [
        point.delays[scenario.name] for each in found.curves for point in each.points if scenario.name in point.delays
    ]
    if not delays:
        return None
    _, per, unit = next(each for each in _UNITS if max(delays) >= each[0])
    values = [
        {
            "rule": each.rule,
            "times": point.times,
            "false": point.false_alarms.value,
            "delay": point.delays[scenario.name] / per,
            "asFiled": point.times == 1.0,
        }
        for each in found.curves
        for point in each.points
    ]
    rules = [each.name for each in found.rules]
    return Chart(
        f"alerts-{slug(scenario.name)}",
        f"{scenario.name}: the mean delay until somebody is called, against false alarms in 30 days without trouble, "
        "for each rule made easier (to the right) and harder to set off. One not found, or mistaken, counts as its "
        "length. Filled: as the rule's file has it.",
        theme.whole(
            {
                "title": {"text": f"{scenario.name}: mean delay in {unit}, by false alarms a month", "offset": 6},
                "width": theme.WIDTH - 60,
                "height": _HEIGHT,
                "data": {"values": values},
                "encoding": _encoding(rules, colours),
                "layer": [
                    {"mark": {"type": "line", "strokeWidth": 1.5}, "encoding": {"order": {"field": "times"}}},
                    {"mark": {"type": "point", "size": 34, "opacity": 1, "filled": False}},
                    {
                        "transform": [{"filter": "datum.asFiled"}],
                        "mark": {"type": "point", "size": 110, "opacity": 1, "filled": True},
                    },
                ],
            }
        ),
        is_by_client=False,
    )


def _encoding(rules: list[str], colours: Mapping[str, str]) -> Spec:
    return {
        "x": {
            "field": "false",
            "type": "quantitative",
            "scale": {"type": "symlog", "constant": 0.3},
            "axis": {"title": None, "values": [0, 0.3, 1, 3, 10, 30, 100, 300, 1000], "format": "~r"},
        },
        "y": {"field": "delay", "type": "quantitative", "axis": {"title": None, "tickCount": 6}},
        "color": {
            "field": "rule",
            "type": "nominal",
            "scale": {"domain": rules, "range": [colours.get(rule, theme.FAINT) for rule in rules]},
            "legend": {"columns": 4, "symbolType": "circle"},
        },
    }
