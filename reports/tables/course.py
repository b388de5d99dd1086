"""A scenario through time: what each client made of every phase, and the chart of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from brownout.harness.results import PlayedScenario, Row
from brownout.harness.views import Course, Stretch

from .. import words
from ..charts import course as chart
from ..charts.theme import Colours
from ..table import Table


def course(scenario: PlayedScenario, rows: Sequence[Row], colours: Colours) -> Table | None:
    """By phase and client; None for results that have no courses."""
    courses = {row.client: row.course for row in rows if row.course is not None}
    if not courses:
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
    """A bin belongs to the phase that its middle lies in."""
    first, last = (math.ceil(at / course.width - 0.5) for at in (phase.begins, phase.ends))
    here = slice(first, last)
    arrivals = course.arrivals[here]
    return (
        _share(course.goodput[here], arrivals),
        _share(course.twin[here], arrivals),
        _mean(course.attempts[here], "{:.2f}"),
        _mean(course.in_flight[here], "{:.1f}"),
        _mean(course.open[here], "{:.1%}"),
    )


def _share(goodput: Sequence[float | None], arrivals: Sequence[float]) -> str:
    pairs = [(share, weight) for share, weight in zip(goodput, arrivals, strict=False) if share is not None]
    total = math.fsum(weight for _, weight in pairs)
    return words.percent(math.fsum(share * weight for share, weight in pairs) / total) if total else "–"


def _mean(values: Sequence[float], shown: str) -> str:
    return shown.format(math.fsum(values) / len(values)) if values else "–"
