"""A scenario through time: what each client made of every phase, and the chart of it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from brownout.harness.results import PlayedScenario, Row
from brownout.harness.views import Course, Stretch

from .. import words
from ..charts import course as chart
from ..charts import theme
from ..charts.theme import Colours
from ..table import Table

_ROUNDING = 1e-6


def course(scenario: PlayedScenario, rows: Sequence[Row], colours: Colours) -> Table | None:
    """By phase and client; None for results that have no courses."""
    courses = {row.client: row.course for row in rows if row.course is not None}
    if not theme.drawn(courses, colours):
        return None
    phases = [*scenario.phases, Stretch(begins=scenario.horizon, ends=scenario.end, faults=[])]
    titles = [*(_title(number, phase) for number, phase in enumerate(scenario.phases, start=1)), "after the last call"]
    return Table(
        f"{scenario.name}: through time",
        "By phase, all seeds together: the share of calls meant then that were answered in time, the same without "
        "faults, requests a second and under way at a time in one run, and the share of clients whose breaker is open.",
        ("phase", "client", "goodput", "without faults", "requests / s", "in flight", "breakers open"),
        tuple(
            (title, client, *_figures(found, phase))
            for phase, title in zip(phases, titles, strict=True)
            for client, found in courses.items()
        ),
        is_detail=True,
        chart=chart.chart(scenario, courses, colours),
    )


def _title(number: int, phase: Stretch) -> str:
    span = f"{words.clock(phase.begins)} to {words.clock(phase.ends)}"
    return f"{number}: {span}, {', '.join(phase.faults) or 'no faults'}"


def _figures(course: Course, phase: Stretch) -> tuple[str, ...]:
    """A phase is made up of whole bins."""
    first, last = (bisect_left(course.edges, at - _ROUNDING) for at in (phase.begins, phase.ends))
    here = slice(first, last)
    widths = [ends - begins for begins, ends in pairwise(course.edges)][here]
    return (
        _share(course.goodput[here], course.arrivals[here], widths),
        _share(course.twin[here], course.twin_arrivals[here], widths),
        _mean(course.attempts[here], widths, "{:.2f}"),
        _mean(course.in_flight[here], widths, "{:.1f}"),
        _mean(course.open[here], widths, "{:.1%}"),
    )


def _share(shares: Sequence[float | None], arrivals: Sequence[float], widths: Sequence[float]) -> str:
    """Of the calls of all bins."""
    bins = [(s, a * w) for s, a, w in zip(shares, arrivals, widths, strict=False) if s is not None]
    total = math.fsum(calls for _, calls in bins)
    return words.percent(math.fsum(share * calls for share, calls in bins) / total) if total else "–"


def _mean(values: Sequence[float], widths: Sequence[float], shown: str) -> str:
    total = math.fsum(value * width for value, width in zip(values, widths, strict=False))
    return shown.format(total / math.fsum(widths)) if values and widths else "–"
