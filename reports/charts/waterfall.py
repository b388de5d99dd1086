"""One call as it went with every client: its requests as bars, one line a client, hedges below."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.views import Try, Waterfall

from .. import words
from ..slug import slug
from ..table import Chart
from . import theme
from .theme import Colours, Spec

_KINDS = {
    "answered": "#2f9e44",
    "error of the service": "#e03131",
    "connection lost or refused": "#9c36b5",
    "limit of the client": "#1c7ed6",
    "called off": theme.FAINT,
}
"""How a request ended, roughly."""


def chart(everybody: Sequence[Waterfall], colours: Colours) -> Chart:
    """Time goes to the right; the deadline is marked."""
    found = [each for each in everybody if each.client in colours] or everybody[:1]
    first = found[0]
    end = max(first.deadline, *(each.ends for each in found)) * 1.02 or 1.0
    lanes = [each.client for each in found]
    x: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, end], "nice": False},
        "axis": theme.seconds(8),
    }
    y: Spec = {"field": "client", "type": "nominal", "sort": lanes, "title": None}
    bars = [_bar(each, one, end) for each in found for one in each.tries]
    kinds = [kind for kind in _KINDS if any(bar["kind"] == kind for bar in bars)]
    colour: Spec = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": kinds, "range": [_KINDS[kind] for kind in kinds]},
    }
    ends = [{"client": each.client, "t": each.ends, "text": _short(each)} for each in found]
    return Chart(
        f"{slug(first.scenario)}-waterfall",
        f"Call {first.call} of {first.scenario}, request by request: "
        + "; ".join(f"{each.client}: {words.end_of(each)}" for each in found)
        + "."
        + theme.of_how_many(found, len(everybody)),
        theme.whole(
            {
                "title": {"text": f"call {first.call}, seed {first.seed} (line: its deadline)", "offset": 6},
                "width": theme.WIDTH - 120,
                "height": {"step": 34},
                "layer": [
                    {
                        "data": {"values": [{"client": each.client, "a": 0, "b": each.ends} for each in found]},
                        "mark": {"type": "rule", "color": theme.FAINT, "strokeDash": [1, 3]},
                        "encoding": {"x": {"field": "a", **x}, "x2": {"field": "b"}, "y": y},
                    },
                    {
                        "data": {"values": [{"d": first.deadline}]},
                        "mark": {"type": "rule", "color": theme.WRONG, "strokeDash": [5, 3], "strokeWidth": 1.5},
                        "encoding": {"x": {"field": "d", **x}},
                    },
                    {
                        "data": {"values": bars},
                        "mark": {"type": "bar", "height": 10, "cornerRadius": 1},
                        "encoding": {"x": {"field": "a", **x}, "x2": {"field": "b"}, "y": y, "color": colour},
                    },
                    {
                        "data": {"values": ends},
                        "mark": {"type": "text", "align": "left", "dx": 2, "dy": -11, "limit": 300},
                        "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "text"}},
                    },
                ],
            }
        ),
        is_by_client=False,
    )


def _bar(call: Waterfall, each: Try, end: float) -> Spec:
    """What ended at once is still to be seen."""
    return {
        "client": call.client,
        "a": each.begins,
        "b": max(each.ends, each.begins + end / 250.0),
        "kind": kind_of(each.outcome),
    }


def kind_of(outcome: str) -> str:
    """One of a handful, for the colour, of an ending in words."""
    if outcome.startswith("status") or outcome == "stream error":
        return "error of the service"
    if "timeout" in outcome or "limit" in outcome:
        return "limit of the client"
    return {"answered whole": "answered", "called off": "called off"}.get(outcome, "connection lost or refused")


def _short(call: Waterfall) -> str:
    requests = f"{len(call.tries)} request{'' if len(call.tries) == 1 else 's'}"
    return f"{words.end_of(call)}, {requests}"
