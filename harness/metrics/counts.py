"""What a run's records come to when they are only counted: outcomes, timeouts by phase, how late the fake was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..ledger import Ledger
from ..records import CallRecord
from .observed import latency
from .quantiles import quantile


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
    """How many calls ended how: answered in time (`ok`) or late, an error of the service by its status."""
    return by_count(Counter(_ending(call) for call in ledger.calls).items())


def _ending(call: CallRecord) -> str:
    if call.outcome == "ok" and latency(call) > call.deadline:
        return "late"
    return f"status {call.status}" if call.outcome == "status" else call.outcome


def lateness(ledger: Ledger) -> float:
    """Seconds of the scenario by which the fake was late, at the 95th percentile of requests; 0 in virtual time."""
    late = sorted(served.lateness for served in ledger.journal)
    return quantile(late, 0.95) if late else 0.0


def by_count(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The most frequent first, and by name among equals."""
    return dict(sorted(counts, key=lambda item: (-item[1], item[0])))


def transitions(ledger: Ledger) -> dict[str, int]:
    """Of the breakers: `closed to open`, and how often."""
    return dict(Counter(f"{record.before} to {record.after}" for record in ledger.breaker))
