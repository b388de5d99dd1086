"""The charts of a report as files: each under its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from . import drawing
from .formats import CannotRender
from .report import Report
from .table import Chart

Picture = TypeVar("Picture", str, bytes)


def check() -> None:
    """Raises `CannotRender` where what draws is not installed."""
    if not drawing.can_draw():
        raise CannotRender(drawing.MISSING)


def charts(report: Report) -> dict[str, Chart]:
    """By name, in the order of the report."""
    return {table.chart.name: table.chart for table in report.document.tables if table.chart is not None}


def folder(report: Report, draw: Callable[[Chart], Picture], suffix: str) -> Mapping[str, Picture]:
    """A file a chart."""
    check()
    return {f"{name}.{suffix}": draw(chart) for name, chart in charts(report).items()}
