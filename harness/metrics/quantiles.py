"""Quantiles as order statistics: always a value that was observed, and infinite where too few calls were answered."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from .observed import Absent, Observed, once

FAMILY = re.compile(r"p(?P<percent>[1-9]\d?|99\.9)\((?P<of>\w+)\)")
"""`p95(latency)`."""


def quantile(ordered: Sequence[float], q: float) -> float:
    """The smallest value that at least the share `q` does not exceed. `ordered` must not be empty."""
    return ordered[max(0, math.ceil(q * len(ordered) - 1e-9) - 1)]


@once
def latencies(seen: Observed) -> list[float]:
    return sorted(seen.latencies)


@once
def latencies_of_successes(seen: Observed) -> list[float]:
    return [taken for taken in latencies(seen) if taken < math.inf]


@once
def durations(seen: Observed) -> list[float]:
    """Of a call that was still going on when the run ended nobody knows."""
    calls = seen.ledger.calls
    return sorted(math.inf if call.finished is None else call.finished - call.intended for call in calls)


@once
def ttfts(seen: Observed) -> list[float]:
    return sorted(seen.ttft(call) for call in seen.streamed)


@once
def gaps(seen: Observed) -> list[float]:
    return sorted(gap for call in seen.streamed if (gap := seen.largest_gap(call)) is not None)


SAMPLES: dict[str, Callable[[Observed], list[float]]] = {
    "latency": latencies,
    "latency_ok": latencies_of_successes,
    "duration": durations,
    "ttft": ttfts,
    "gap": gaps,
}
"""What quantiles may be taken of: seconds, one value a call, in ascending order."""
_WHY_EMPTY = {
    "latency_ok": "no call was answered",
    "ttft": "no call streams",
    "gap": "no stream showed any text",
}


def parts(name: str) -> tuple[float, str] | None:
    """`p95(latency)` as (0.95, "latency"); None for any other metric's name."""
    found = FAMILY.fullmatch(name)
    if found is None or found["of"] not in SAMPLES:
        return None
    return float(found["percent"]) / 100, found["of"]


def measure(seen: Observed, q: float, of: str) -> float | Absent:
    """The quantile of one run."""
    values = SAMPLES[of](seen)
    return quantile(values, q) if values else Absent(_WHY_EMPTY.get(of, "there was no call"))
