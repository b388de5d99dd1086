"""Who calls when, asking for what: drawn by label, so that every configuration under one seed meets the same calls."""

from __future__ import annotations

from .arrivals import ARRIVALS, Arrivals
from .arrivals.closed import Closed
from .arrivals.poisson import Poisson
from .arrivals.steady import Steady
from .calls import DEADLINES, Calls
from .drawn import Traffic, Workload
from .file import AnyArrivals, WorkloadFile
from .groups import AnyWorkload, Groups

__all__ = [
    "ARRIVALS",
    "DEADLINES",
    "AnyArrivals",
    "AnyWorkload",
    "Arrivals",
    "Calls",
    "Closed",
    "Groups",
    "Poisson",
    "Steady",
    "Traffic",
    "Workload",
    "WorkloadFile",
]
