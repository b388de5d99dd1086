"""What the simulator is measured against: the same runs, written by hand.

Of ours the references import the labelled draws and nothing else. They read one `Load` and give
back one `Observed`, whose tuples have the fields of the simulator's records in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

from brownout.fakes.draws import Draws

__all__ = ["Load", "LogNormal", "Observed"]

_quantile = NormalDist().inv_cdf
_Z95 = _quantile(0.95)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """By its median and its 95th percentile."""

    median: float
    p95: float

    def of(self, draws: Draws) -> Callable[[int], float]:
        """Label -> figure."""
        median, sigma = self.median, math.log(self.p95 / self.median) / _Z95
        uniform, quantile, exp = draws.uniform, _quantile, math.exp
        return lambda label: median * exp(sigma * quantile(uniform(label)))


@dataclass(frozen=True, slots=True)
class Load:
    """A service, its clients and how hard they press; times in seconds, rates per second.

    The clients' layers, outermost first: deadline, breaker, retry with full jitter and a budget.
    """

    name: str
    calls: int
    """About how many are made."""
    rate: float
    clients: int = 60
    slots: int = 120
    round_trip: LogNormal = LogNormal(0.04, 0.12)
    connect_round_trips: int = 2
    upload_per_token: float = 4 / 4_000_000
    first_token: LogNormal = LogNormal(0.941, 2.939)
    token_gap: LogNormal = LogNormal(0.0159, 0.0238)
    input_tokens: LogNormal = LogNormal(1000, 4000)
    output_tokens: LogNormal = LogNormal(300, 700)
    max_tokens: int = 8192
    stream: float = 0.0
    """Share of the calls that stream, under a limit on the gap between content events."""
    content_gap: float = 15.0
    useful_for: float = 90.0
    """From the moment a call was meant to be sent; only recorded."""
    read_timeout: float = 30.0
    deadline: float = 60.0
    failures: int = 5
    open_for: float = 10.0
    retries: int = 3
    backoff: float = 1.0
    factor: float = 2.0
    deposit: float = 0.5
    budget: float = 10.0
    idle_expiry: float = 5.0
    idle_connections: int = 100
    connections: int = 1000

    @property
    def seconds(self) -> int:
        """How long calls begin."""
        return math.ceil(self.calls / self.rate)


@dataclass(slots=True)
class Observed:
    """Everything both sides saw, in the order of the simulator's ledger."""

    calls: list[Any] = field(default_factory=list)
    attempts: list[Any] = field(default_factory=list)
    waits: list[Any] = field(default_factory=list)
    breaker: list[Any] = field(default_factory=list)
    journal: list[Any] = field(default_factory=list)
