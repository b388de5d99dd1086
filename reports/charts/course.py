"""A scenario through time: goodput with its ghost, the run without faults; requests; what is in flight; breakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from brownout.harness.results import PlayedScenario
from brownout.harness.views import Course, Stretch

from .. import words
from ..slug import slug
from ..table import Chart, Sparks
from . import theme
from .theme import Colours, Spec

_HEIGHTS = {"goodput": 170, "attempts": 80, "in_flight": 80, "open": 60}
_TITLES = {
    "goodput": "answered in time (dashed: without faults)",
    "attempts": "requests a second",
    "in_flight": "requests in flight",
    "open": "breakers open",
}
_SHARES = frozenset({"goodput", "open"})


def chart(scenario: PlayedScenario, courses: Mapping[str, Course], colours: Colours) -> Chart:
    """Panels under each other with one axis of time; the phases in which something is wrong are shaded."""
    everybody, courses = courses, theme.drawn(courses, colours)
    clients = list(courses)
    has_breakers = any(course.open for course in courses.values())
    panels = [name for name in _HEIGHTS if name != "open" or has_breakers]
    wrong = [phase for phase in scenario.phases if phase.faults]
    return Chart(
        f"{slug(scenario.name)}-course",
        f"{scenario.name} through time: for {', '.join(clients)} the share of calls answered in time, requests a "
        "second, requests in flight"
        + (", and open breakers." if has_breakers else ".")
        + theme.of_how_many(courses, len(everybody)),
        theme.whole(
            {
                "vconcat": [_panel(name, scenario, courses, wrong, colours, panels) for name in panels],
                "spacing": 14,
                "resolve": {"scale": {"color": "shared"}},
            }
        ),
        hover=_hover(scenario, courses, panels),
        sparks=_sparks(scenario, everybody),
    )


def _panel(
    name: str,
    scenario: PlayedScenario,
    courses: Mapping[str, Course],
    wrong: Sequence[Stretch],
    colours: Colours,
    panels: Sequence[str],
) -> Spec:
    clients = list(courses)
    x = theme.seconds_axis(scenario.end)
    if name != panels[-1]:
        x = x | {"axis": x["axis"] | {"labels": False, "ticks": False}}
    is_share = name in _SHARES
    axis: Spec = {"title": None, "tickCount": 4 if name == "goodput" else 2}
    y: Spec = {"type": "quantitative", "axis": axis | {"format": ".0%"} if is_share else axis}
    y["scale"] = {"domain": [0, 1]} if is_share else {"zero": True, "nice": True}
    lines = [
        {
            "data": {"values": _values(courses, name)},
            "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
            "encoding": _encoding(x, y, clients, colours),
        }
    ]
    if name == "goodput":
        ghosts = _values({client: course for client, course in courses.items() if course.twin}, "twin")
        lines.insert(
            0,
            {
                "data": {"values": ghosts},
                "mark": {"type": "line", "strokeWidth": 1.5, "strokeDash": [2, 4], "opacity": 0.55},
                "encoding": _encoding(x, y, clients, colours),
            },
        )
    return {
        "title": {"text": _TITLES[name], "offset": 6},
        "width": theme.WIDTH,
        "height": _HEIGHTS[name],
        "layer": [*_shading(wrong, x, has_words=name == "goodput"), *lines],
    }


def _encoding(x: Spec, y: Spec, clients: Sequence[str], colours: Colours) -> Spec:
    return {
        "x": {"field": "t", **x},
        "y": {"field": "v", **y},
        "color": theme.by_client(clients, colours),
    }


def _shading(wrong: Sequence[Stretch], x: Spec, *, has_words: bool) -> list[Spec]:
    if not wrong:
        return []
    values = [{"a": phase.begins, "b": phase.ends, "faults": ", ".join(phase.faults)} for phase in wrong]
    bounds = {"x": {"field": "a", **x}, "x2": {"field": "b"}}
    shade: Spec = {
        "data": {"values": values},
        "mark": {"type": "rect", "color": theme.WRONG, "opacity": 0.14},
        "encoding": bounds,
    }
    words: Spec = {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 3, "y": -2, "limit": 240},
        "encoding": {"x": {"field": "a", **x}, "text": {"field": "faults"}},
    }
    return [shade, words] if has_words else [shade]


def _values(courses: Mapping[str, Course], name: str) -> list[Spec]:
    """A point in the middle of each bin; where there is nothing to show a line is broken."""
    return [
        {"t": (begins + ends) / 2, "v": value, "client": client}
        for client, course in courses.items()
        for (begins, ends), value in zip(pairwise(course.edges), getattr(course, name), strict=False)
    ]


def _sparks(scenario: PlayedScenario, courses: Mapping[str, Course]) -> Sparks:
    """Of the time in which calls begin."""
    edges = next(iter(courses.values())).edges
    begins = [edge for edge in edges[:-1] if edge < scenario.horizon]
    wrong = [phase for phase in scenario.phases if phase.faults]
    return Sparks(
        f"{scenario.name}: answered in time, from 0 s to {words.clock(scenario.horizon)}",
        {client: course.goodput[: len(begins)] for client, course in courses.items()},
        [any(phase.begins <= edge < phase.ends for phase in wrong) for edge in begins],
    )


def _hover(scenario: PlayedScenario, courses: Mapping[str, Course], panels: Sequence[str]) -> Spec:
    return {
        "end": scenario.end,
        "edges": next(iter(courses.values())).edges,
        "panels": [
            {
                "title": _TITLES[name],
                "is_share": name in _SHARES,
                "series": {client: getattr(course, name) for client, course in courses.items()},
            }
            for name in panels
        ],
    }
