"""Metrics against ledgers small enough to be worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served
from brownout.harness import metrics
from brownout.harness.ledger import Ledger
from brownout.harness.records import AttemptRecord, CallRecord

NEVER = math.inf
DEADLINE = 10.0


def call(
    took: float | None = None,
    outcome: str = "ok",
    status: int | None = None,
    intended: float = 0.0,
    waited: float = 0.0,
) -> CallRecord:
    """A call with a deadline of 10 s that was meant at `intended`, sent `waited` later, and `took` so long in all."""
    finished = None if took is None else intended + took
    return CallRecord(0, 0, intended, intended + waited, finished, outcome, status, "", DEADLINE, False, 10, 100, 0, 1)


def attempt(outcome: str = "ok", phase: str | None = None) -> AttemptRecord:
    return AttemptRecord(Identity(0, 0), 0.0, 1.0, outcome, phase, None, True)


def served(lateness: float) -> Served:
    return Served(Identity(0, 0), False, 10, 5, 0.0, 0.0, 1.0, None, 1.0, 200, 5, None, False, lateness)


def answered(*seconds: float, failed: int = 0) -> Ledger:
    """A ledger of calls answered after so many seconds each, and of some that failed within half a second."""
    calls = [call(took) for took in seconds] + [call(0.5, "connection") for _ in range(failed)]
    return Ledger(calls=calls, attempts=[attempt() for _ in calls])


@pytest.mark.parametrize(
    ("record", "latency", "is_good"),
    [
        (call(3.0), 3.0, True),
        (call(10.0), 10.0, True),
        (call(10.1), 10.1, False),
        (call(3.0, intended=100.0), 3.0, True),
        (call(12.0, waited=11.0), 12.0, False),
        (call(0.1, "timeout"), NEVER, False),
        (call(0.1, "status", 529), NEVER, False),
        (call(0.0, "breaker_open"), NEVER, False),
        (call(0.1, "truncated"), NEVER, False),
        (call(0.1, "gap"), NEVER, False),
        (call(0.1, "deadline"), NEVER, False),
        (call(None, "censored"), NEVER, False),
    ],
    ids=lambda value: value.outcome if isinstance(value, CallRecord) else str(value),
)
def test_latency_and_goodness_of_one_call(record: CallRecord, latency: float, is_good: bool) -> None:
    """Latency counts from when the call was meant to be sent, and is infinite for whatever is no whole answer."""
    assert metrics.latency(record) == pytest.approx(latency)
    assert metrics.is_good(record) is is_good


def test_goodput_counts_every_call_that_was_meant() -> None:
    """Of five calls one is answered in time; late, refused, failed and censored ones stay in the denominator."""
    calls = [call(1.0), call(11.0), call(0.0, "breaker_open"), call(2.0, "status", 500), call(None, "censored")]
    assert metrics.measure(Ledger(calls=calls))["goodput"] == 0.2


def test_all_metrics_of_one_ledger() -> None:
    """Ten calls, eight answered after 1 to 8 s, twelve requests: each metric as worked out by hand."""
    ledger = answered(*range(1, 9), failed=2)
    ledger.attempts += [attempt("status"), attempt("status")]
    assert metrics.measure(ledger) == {"goodput": 0.8, "p50": 5.0, "p95": NEVER, "p99": NEVER, "amplification": 1.2}


def test_the_order_of_calls_does_not_matter() -> None:
    """Quantiles sort for themselves."""
    assert metrics.measure(answered(3, 1, 2, failed=1)) == metrics.measure(answered(1, 2, 3, failed=1))


def test_every_metric_has_its_words() -> None:
    """What is measured is what is described, in the same order."""
    assert list(metrics.measure(answered(1.0))) == list(metrics.METRICS)
    for metric in metrics.METRICS.values():
        assert metric.title
        assert metric.about
        assert metric.unit in ("%", "s", "x")


def test_nothing_is_measured_of_nothing() -> None:
    """Without a call there is no goodput, rather than a perfect one."""
    assert metrics.measure(Ledger()) == {}


@pytest.mark.parametrize(
    ("count", "q", "rank"),
    [
        (1, 0.5, 1),
        (2, 0.5, 1),
        (3, 0.5, 2),
        (4, 0.5, 2),
        (10, 0.95, 10),
        (19, 0.95, 19),
        (20, 0.95, 19),
        (100, 0.95, 95),
        (100, 0.99, 99),
        (101, 0.99, 100),
        (1000, 0.99, 990),
        (100, 0.0, 1),
        (100, 1.0, 100),
    ],
)
def test_quantiles_are_order_statistics(count: int, q: float, rank: int) -> None:
    """The q-quantile is the smallest value that a share q does not exceed: always one that was observed."""
    assert metrics.quantile([float(i) for i in range(1, count + 1)], q) == rank


@given(st.lists(st.floats(0, 1e6), min_size=1).map(sorted), st.floats(0, 1))
def test_a_quantile_leaves_enough_below_and_not_too_much(ordered: list[float], q: float) -> None:
    """At least a share q lies at or below it, and less than q strictly below the values before it."""
    value = metrics.quantile(ordered, q)
    assert sum(x <= value for x in ordered) >= q * len(ordered) - 1e-6
    assert sum(x < value for x in ordered) <= q * len(ordered)


@pytest.mark.parametrize(
    ("failed", "p50", "p95"),
    [(0, 10.0, 19.0), (1, 10.0, 19.0), (2, 10.0, NEVER), (10, 10.0, NEVER), (11, NEVER, NEVER), (20, NEVER, NEVER)],
)
def test_a_quantile_is_infinite_when_fewer_were_answered(failed: int, p50: float, p95: float) -> None:
    """Of twenty calls of 1 to 20 s the slowest fail: p95 outlives one failure, the median ten."""
    measured = metrics.measure(answered(*range(1, 21 - failed), failed=failed))
    assert (measured["p50"], measured["p95"]) == (p50, p95)


@given(st.lists(st.tuples(st.floats(0.01, 9.0), st.booleans()), min_size=1))
def test_giving_up_never_pays(calls: list[tuple[float, bool]]) -> None:
    """The trap of censoring: a client that fails some calls at once, in place of answering them, is at no quantile
    better than one that answers all, however slow those were."""
    patient = metrics.measure(answered(*(took for took, _ in calls)))
    failed = sum(fails for _, fails in calls)
    hasty = metrics.measure(answered(*(took for took, fails in calls if not fails), failed=failed))
    assert all(hasty[name] >= patient[name] for name in ("p50", "p95", "p99"))
    assert hasty["goodput"] == (len(calls) - failed) / len(calls)


def test_half_failed_fast_against_all_answered_slowly() -> None:
    """The same in figures: every other call in 0.1 s and failures for the rest lose to 9 s for everyone at p95, and
    with one failure more at the median too."""
    slow = metrics.measure(answered(*[9.0] * 100))
    half = metrics.measure(answered(*[0.1] * 50, failed=50))
    less = metrics.measure(answered(*[0.1] * 49, failed=51))
    assert (slow["p50"], slow["p95"]) == (9.0, 9.0)
    assert (half["p50"], half["p95"]) == (0.1, NEVER)
    assert (less["p50"], less["p95"]) == (NEVER, NEVER)


@pytest.mark.parametrize(("calls", "attempts", "expected"), [(4, 4, 1.0), (4, 10, 2.5), (4, 0, 0.0), (3, 4, 4 / 3)])
def test_amplification_is_requests_for_each_call(calls: int, attempts: int, expected: float) -> None:
    """Refused calls count too, so a breaker may bring it below one."""
    ledger = Ledger(calls=[call(1.0)] * calls, attempts=[attempt()] * attempts)
    assert metrics.measure(ledger)["amplification"] == pytest.approx(expected)


def test_timeouts_by_phase() -> None:
    """Attempts by the phase that ran out, a stream's silence as `read`; our own limits as `gap` and `total`; the most
    frequent first, then by name."""
    phases = ("connect", "read", "read", "pool", "write")
    attempts = [attempt("timeout", phase) for phase in phases]
    attempts += [attempt("stream_timeout", "read"), attempt("gap", "gap"), attempt("gap", "gap")]
    attempts += [attempt("connection"), attempt("status"), attempt("cancelled"), attempt()]
    calls = [call(5.0, "deadline"), call(6.0, "deadline"), call(1.0), call(2.0, "timeout")]
    found = metrics.timeouts_by_phase(Ledger(calls=calls, attempts=attempts))
    assert list(found.items()) == [("read", 3), ("gap", 2), ("total", 2), ("connect", 1), ("pool", 1), ("write", 1)]


def test_outcomes_tell_statuses_apart() -> None:
    """An error of the service is counted by its status, everything else by what it is."""
    calls = [call(1.0), call(1.0), call(1.0, "status", 529), call(1.0, "status", 429), call(1.0, "status", 429)]
    calls += [call(None, "censored")]
    found = metrics.outcomes(Ledger(calls=calls))
    assert list(found.items()) == [("ok", 2), ("status 429", 2), ("censored", 1), ("status 529", 1)]


def test_lateness_is_that_of_nineteen_requests_in_twenty() -> None:
    """One slow moment of the machine does not speak for a run; without requests nothing was late."""
    assert metrics.lateness(Ledger(journal=[served(0.01 * i) for i in range(1, 20)] + [served(9.0)])) == 0.19
    assert metrics.lateness(Ledger()) == 0.0
