"""What is only counted: outcomes, timeouts by phase, transitions, how late the fake was."""

from __future__ import annotations

from brownout.harness import metrics
from brownout.harness.ledger import Ledger

from .ledgers import attempt, call, see, served, turned


def test_timeouts_by_phase() -> None:
    """Attempts by the phase that ran out, a stream's silence as `read`; our own limits as `gap` and `total`; the most
    frequent first, then by name."""
    phases = ("connect", "read", "read", "pool", "write")
    attempts = [attempt("timeout", phase) for phase in phases]
    attempts += [attempt("stream_timeout", "stream"), attempt("gap", "gap"), attempt("gap", "gap")]
    attempts += [attempt("connection"), attempt("status"), attempt("cancelled"), attempt()]
    calls = [call(5.0, "deadline"), call(6.0, "deadline"), call(1.0), call(2.0, "timeout")]
    found = metrics.timeouts_by_phase(see(Ledger(calls=calls, attempts=attempts)))
    assert list(found.items()) == [("read", 3), ("gap", 2), ("total", 2), ("connect", 1), ("pool", 1), ("write", 1)]
    assert metrics.timeouts_by_phase(see(Ledger())) == {}


def test_outcomes_tell_statuses_apart() -> None:
    """An error of the service is counted by its status, everything else by what it is."""
    calls = [call(1.0), call(1.0), call(1.0, "status", 529), call(1.0, "status", 429), call(1.0, "status", 429)]
    calls += [call(None, "censored")]
    found = metrics.outcomes(see(Ledger(calls=calls)))
    assert list(found.items()) == [("ok", 2), ("status 429", 2), ("censored", 1), ("status 529", 1)]


def test_transitions_of_all_breakers() -> None:
    """By what they were and became."""
    records = [turned(1.0, "closed", "open"), turned(2.0, "closed", "open", 1), turned(9.0, "open", "half-open")]
    assert metrics.transitions(see(Ledger(breaker=records))) == {"closed to open": 2, "open to half-open": 1}
    assert metrics.transitions(see(Ledger())) == {}


def test_lateness_is_that_of_nineteen_requests_in_twenty() -> None:
    """One slow moment of the machine does not speak for a run; without requests nothing was late."""
    journal = [served(lateness=0.01 * i) for i in range(1, 20)]
    assert metrics.lateness(see(Ledger(journal=[*journal, served(lateness=9.0)]))) == 0.19
    assert metrics.lateness(see(Ledger())) == 0.0
