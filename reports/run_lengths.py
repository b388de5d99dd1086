"""The table of run lengths that are known: a row for each, and where the figure comes from."""

from __future__ import annotations

from brownout.harness.alerts.known import Known, Verdict
from brownout.harness.statistics import Interval

HEADER = ("| rule | case | published | seen, with 95% interval | | source |", "|---|---|---|---|---|---|")


def row(known: Known, seen: Interval, verdict: Verdict) -> str:
    """One of them."""
    figures = f"{_told(seen.mean)} ({_told(seen.low or 0.0)} to {_told(seen.high or 0.0)}) {known.unit}"
    return f"| {known.name} | {known.what} | {_told(known.published)} | {figures} | {verdict} | {known.says} |"


def _told(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"
