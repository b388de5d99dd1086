"""The tables of a report, each a function of a part of the results; those that have a chart bring it along."""

from __future__ import annotations

from .agreement import agreement
from .changes import changes
from .costs import costs
from .course import course
from .fleet import fleet
from .incident import every_metric, faults, losses, scenario
from .latency import latency
from .layers import layers
from .objectives import judgements, objectives
from .ranking import clients, front, pairs, ranks, standings
from .stability import headline as safe_loads
from .stability import tables as stability
from .tuning import tables as tuning
from .waterfall import waterfall

__all__ = [
    "agreement",
    "changes",
    "clients",
    "costs",
    "course",
    "every_metric",
    "faults",
    "fleet",
    "front",
    "judgements",
    "latency",
    "layers",
    "losses",
    "objectives",
    "pairs",
    "ranks",
    "safe_loads",
    "scenario",
    "stability",
    "standings",
    "tuning",
    "waterfall",
]
