"""What a run's records amount to: pure functions of what its parts come to, one file a question. A metric that has no
meaning in a run is absent with a reason, never 0."""

from __future__ import annotations

from .counts import by_count, lateness, outcomes, size, timeouts_by_phase, transitions
from .observed import Absent, Observed, latency
from .registry import FAMILIES, METRICS, Metric, measure, metric
from .samples import quantile
from .tally import Whole

__all__ = [
    "FAMILIES",
    "METRICS",
    "Absent",
    "Metric",
    "Observed",
    "Whole",
    "by_count",
    "latency",
    "lateness",
    "measure",
    "metric",
    "outcomes",
    "quantile",
    "size",
    "timeouts_by_phase",
    "transitions",
]
