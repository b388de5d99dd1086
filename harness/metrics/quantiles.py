"""Quantiles as order statistics: always a value that was observed, and infinite where too few calls were answered."""

from __future__ import annotations

import math
import re

from .observed import Absent, Observed
from .samples import Sample
from .tally import Tally, Whole, tally

FAMILY = re.compile(r"p(?P<percent>[1-9]\d?|99\.9)\((?P<of>\w+)\)")
"""`p95(latency)`."""


@tally
def latencies(seen: Observed) -> Sample:
    return seen.sample(seen.latencies)


@tally
def latencies_of_successes(seen: Observed) -> Sample:
    return seen.sample(taken for taken in seen.latencies if taken < math.inf)


@tally
def durations(seen: Observed) -> Sample:
    """Of a call that was still going on when the run ended nobody knows."""
    calls = seen.ledger.calls
    return seen.sample(math.inf if call.finished is None else call.finished - call.intended for call in calls)


@tally
def ttfts(seen: Observed) -> Sample:
    return seen.sample(map(seen.ttft, seen.streamed))


@tally
def gaps(seen: Observed) -> Sample:
    return seen.sample(gap for call in seen.streamed if (gap := seen.largest_gap(call)) is not None)


SAMPLES: dict[str, Tally[Sample]] = {
    "latency": latencies,
    "latency_ok": latencies_of_successes,
    "duration": durations,
    "ttft": ttfts,
    "gap": gaps,
}
"""What quantiles may be taken of: seconds, one value a call."""
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


def measure(run: Whole, q: float, of: str) -> float | Absent:
    """The quantile of one run."""
    values = run.total(SAMPLES[of])
    return values.quantile(q) if len(values) else Absent(_WHY_EMPTY.get(of, "there was no call"))
