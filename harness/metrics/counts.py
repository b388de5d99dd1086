"""What a run's records come to when they are only counted: outcomes, timeouts by phase, how late the fake was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..records import CallRecord
from .attempts import requests
from .observed import Observed, latency
from .samples import Sample
from .tally import Sums, Whole, tally


@dataclass(frozen=True, slots=True)
class Counted(Sums):
    """Calls by how they ended, requests that timed out by the phase, transitions of breakers."""

    outcomes: Counter[str]
    timeouts: Counter[str]
    transitions: Counter[str]


@tally
def counted(seen: Observed) -> Counted:
    ledger = seen.ledger
    timeouts = Counter(_phase(attempt.outcome, attempt.phase) for attempt in ledger.attempts)
    timeouts.update("total" for call in ledger.calls if call.outcome == "deadline")
    return Counted(
        outcomes=Counter(map(_ending, ledger.calls)),
        timeouts=timeouts,
        transitions=Counter(f"{record.before} to {record.after}" for record in ledger.breaker),
    )


@tally
def latenesses(seen: Observed) -> Sample:
    """Seconds, one value a request that reached the service."""
    return seen.sample(served.lateness for served in seen.ledger.journal)


def size(run: Whole) -> tuple[int, int]:
    """How many calls there were, and how many HTTP requests."""
    found = run.total(requests)
    return found.of, int(found.amount)


def timeouts_by_phase(run: Whole) -> dict[str, int]:
    """How many attempts ended in a timeout of the client, by its phase; `gap` and `total` are limits of our layers."""
    return by_count((phase, count) for phase, count in run.total(counted).timeouts.items() if phase)


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


def outcomes(run: Whole) -> dict[str, int]:
    """How many calls ended how: answered in time (`ok`) or late, an error of the service by its status."""
    return by_count(run.total(counted).outcomes.items())


def _ending(call: CallRecord) -> str:
    if call.outcome == "ok" and latency(call) > call.deadline:
        return "late"
    return f"status {call.status}" if call.outcome == "status" else call.outcome


def lateness(run: Whole) -> float:
    """Seconds of the scenario by which the fake was late, at the 95th percentile of requests; 0 in virtual time."""
    late = run.total(latenesses)
    return late.quantile(0.95) if len(late) else 0.0


def by_count(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The most frequent first, and by name among equals."""
    return dict(sorted(counts, key=lambda item: (-item[1], item[0])))


def transitions(run: Whole) -> dict[str, int]:
    """Of the breakers: `closed to open`, and how often."""
    return by_count(run.total(counted).transitions.items())
