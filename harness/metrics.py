"""What a run's records amount to: pure functions of a ledger. Latency counts from when a call was meant to be sent.

A call that failed, was refused or was given up has infinite latency: only so can no client win by giving up.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .ledger import Ledger
from .records import CallRecord

QUANTILES = (0.50, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is called, measured and read."""

    title: str
    unit: str
    about: str


METRICS: dict[str, Metric] = {
    "goodput": Metric("goodput", "%", "calls answered whole by their deadline, of all that were meant to be made"),
    "p50": Metric("p50", "s", "half of all calls were answered within this; a failed call counts as never"),
    "p95": Metric("p95", "s", "95% of all calls were answered within this; a failed call counts as never"),
    "p99": Metric("p99", "s", "99% of all calls were answered within this; a failed call counts as never"),
    "amplification": Metric("attempts per call", "x", "HTTP requests sent for each call"),
}


def measure(ledger: Ledger) -> dict[str, float]:
    """The metrics of one run. `inf` where fewer calls than the quantile needs were answered; empty without calls."""
    calls = ledger.calls
    if not calls:
        return {}
    latencies = sorted(map(latency, calls))
    measured = {"goodput": sum(map(is_good, calls)) / len(calls)}
    measured |= {f"p{round(q * 100)}": quantile(latencies, q) for q in QUANTILES}
    measured["amplification"] = len(ledger.attempts) / len(calls)
    return measured


def latency(call: CallRecord) -> float:
    """Seconds from the moment the call was meant to be sent to its whole answer; `inf` for anything else."""
    return call.finished - call.intended if call.outcome == "ok" and call.finished is not None else math.inf


def is_good(call: CallRecord) -> bool:
    """Whether the call was answered whole, by its deadline."""
    return latency(call) <= call.deadline


def quantile(ordered: list[float], q: float) -> float:
    """The smallest value that at least the share `q` does not exceed. `ordered` must not be empty."""
    return ordered[max(0, math.ceil(q * len(ordered) - 1e-9) - 1)]


def timeouts_by_phase(ledger: Ledger) -> dict[str, int]:
    """How many attempts ended in a timeout of the client, by its phase; `gap` and `total` are limits of our layers."""
    phases = Counter(_phase(attempt.outcome, attempt.phase) for attempt in ledger.attempts)
    phases.update("total" for call in ledger.calls if call.outcome == "deadline")
    return by_count((phase, count) for phase, count in phases.items() if phase)


def _phase(outcome: str, phase: str | None) -> str:
    match outcome:
        case "timeout":
            return phase or "read"
        case "stream_timeout":
            return "read"
        case "gap":
            return "gap"
        case _:
            return ""


def outcomes(ledger: Ledger) -> dict[str, int]:
    """How many calls ended how; an error of the service by its status."""
    return by_count(Counter(_ending(call) for call in ledger.calls).items())


def _ending(call: CallRecord) -> str:
    return f"status {call.status}" if call.outcome == "status" else call.outcome


def lateness(ledger: Ledger) -> float:
    """Seconds of the scenario by which the fake was late, at the 95th percentile of requests; 0 in virtual time."""
    late = sorted(served.lateness for served in ledger.journal)
    return quantile(late, 0.95) if late else 0.0


def by_count(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The most frequent first, and by name among equals."""
    return dict(sorted(counts, key=lambda item: (-item[1], item[0])))
