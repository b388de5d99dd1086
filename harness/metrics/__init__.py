"""What a run's records amount to: pure functions of a ledger, one file a question. A metric that has no meaning in a
run is absent with a reason, never 0."""

from __future__ import annotations

from .counts import by_count, lateness, outcomes, timeouts_by_phase, transitions
from .observed import Absent, Observed, latency
from .quantiles import quantile
from .registry import FAMILIES, METRICS, Metric, measure, metric

__all__ = [
    "FAMILIES",
    "METRICS",
    "Absent",
    "Metric",
    "Observed",
    "by_count",
    "latency",
    "lateness",
    "measure",
    "metric",
    "outcomes",
    "quantile",
    "timeouts_by_phase",
    "transitions",
]
