"""What a report costs to make: every format of five clients in ten incidents, against the drawing of its charts alone.

Drawing is vl-convert's work, and most of the page's; the rest should be little beside it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter

from run import Results, main, spread

from brownout.harness.plan import Plan
from brownout.harness.results import RunFile
from brownout.harness.run import run
from brownout.harness.sources import client, scenario
from brownout.reports import drawing
from brownout.reports.formats import CannotRender, Rendered, named, names
from brownout.reports.report import Report
from brownout.scenarios import clients, incidents

INCIDENTS = 10
LARGEST = 3_000_000
"""Bytes of a page that a mail can carry."""


def played(sample: float, seeds: int) -> RunFile:
    """All that is shipped, and some incidents once more under other names."""
    sources = [scenario(name) for name in incidents()]
    again = [
        replace(source, value=source.value.model_copy(update={"name": f"again-{source.value.name}"}))
        for source in sources[1:]
    ]
    return run(
        Plan([*sources, *again][:INCIDENTS], [client(name) for name in clients()], range(1, seeds + 1), sample=sample)
    ).file


def measure(is_quick: bool) -> Results:
    """Ratios for the page; seconds and bytes for every format."""
    rounds, file = (1, played(0.02, 2)) if is_quick else (5, played(0.05, 6))
    results: Results = {}
    charts = [table.chart for table in Report(file).document.tables if table.chart]
    drawing.svg(charts[0])  # what draws starts once
    ratios = []
    for _ in range(rounds):
        alone = _taken(lambda: [drawing.svg(chart) for chart in charts])
        ratios.append(_taken(lambda: named("html").render(Report(file))) / alone)
    results["report.html_vs_drawing"] = spread(ratios) | {"at_most": 1.5}
    for name in names():
        render = partial(lambda render: render(Report(file)), named(name).render)
        try:
            size = _bytes(render())
        except CannotRender:
            continue
        results[f"report.seconds.{name}"] = spread([_taken(render) for _ in range(rounds)])
        results[f"report.bytes.{name}"] = spread([size]) | ({"at_most": LARGEST} if name == "html" else {})
    return results


def _taken(work: Callable[[], object]) -> float:
    gc.collect()
    began = perf_counter()
    work()
    return perf_counter() - began


def _bytes(rendered: Rendered) -> int:
    if isinstance(rendered, str):
        return len(rendered.encode())
    return len(rendered) if isinstance(rendered, bytes) else sum(map(_bytes, rendered.values()))


if __name__ == "__main__":
    main(measure)
