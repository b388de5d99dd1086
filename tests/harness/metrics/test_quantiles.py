"""Quantiles as order statistics, and what they are taken of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness import metrics
from brownout.harness.ledger import Ledger
from brownout.harness.metrics.quantiles import parts

from .ledgers import NEVER, answered, attempt, call, ledger, measured, why_absent


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
        (1000, 0.999, 999),
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


@given(st.integers(1, 99), st.integers(1, 300))
def test_every_percent_has_its_exact_rank(percent: int, count: int) -> None:
    """No rounding of the percent moves a quantile to its neighbour: the rank is ceil(percent * n / 100)."""
    found = parts(f"p{percent}(latency)")
    assert found is not None
    assert metrics.quantile([float(i) for i in range(1, count + 1)], found[0]) == -(-percent * count // 100)


@pytest.mark.parametrize(
    ("failed", "p50", "p95"),
    [(0, 10.0, 19.0), (1, 10.0, 19.0), (2, 10.0, NEVER), (10, 10.0, NEVER), (11, NEVER, NEVER), (20, NEVER, NEVER)],
)
def test_a_quantile_is_infinite_when_fewer_were_answered(failed: int, p50: float, p95: float) -> None:
    """Of twenty calls of 1 to 20 s the slowest fail: p95 outlives one failure, the median ten."""
    records = answered(*range(1, 21 - failed), failed=failed)
    assert (measured("p50(latency)", records), measured("p95(latency)", records)) == (p50, p95)


def test_latency_of_successes_leaves_failures_out() -> None:
    """Eight of ten were answered: theirs alone, late ones among them; absent if there were none."""
    records = answered(*range(4, 12), failed=2)
    assert measured("p50(latency_ok)", records) == 7.0
    assert measured("p99(latency_ok)", records) == 11.0
    assert why_absent("p95(latency_ok)", answered(failed=2)) == "no call was answered"


def streams(*first_texts: float | None, gap: float = 0.5) -> Ledger:
    """Streamed calls by when each showed its first text."""
    calls = [call(9.0, who=(0, i), stream=True) for i in range(len(first_texts))]
    attempts = [attempt(who=(0, i), first_text=at, largest_gap=gap * (i + 1)) for i, at in enumerate(first_texts)]
    return Ledger(calls=calls, attempts=attempts)


def test_how_long_a_call_went_on_whatever_came_of_it() -> None:
    """A failure ends one; of what was still going on nobody knows."""
    records = ledger(call(3.0), call(1.0, "connection"), call(0.0, "breaker_open"), call(None, "censored"))
    assert measured("p50(duration)", records) == 1.0
    assert measured("p75(duration)", records) == 3.0
    assert measured("p99(duration)", records) == NEVER


def test_first_text_of_streams() -> None:
    """A stream that never showed any counts as never, so that it cannot make the others look fast."""
    assert measured("p50(ttft)", streams(3.0, 1.0, None, 2.0)) == 2.0
    assert measured("p95(ttft)", streams(3.0, 1.0, None, 2.0)) == NEVER
    assert why_absent("p50(ttft)", answered(1.0)) == "no call streams"


def test_silence_within_streams() -> None:
    """Of those that showed text; one that never did has nothing to fall silent after."""
    assert measured("p50(gap)", streams(1.0, 1.0, None)) == 0.5
    assert measured("p95(gap)", streams(1.0, 1.0, None)) == 1.0
    assert why_absent("p95(gap)", streams(None, None)) == "no stream showed any text"
    assert why_absent("p95(gap)", answered(1.0)) == "no stream showed any text"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("p95(latency)", (0.95, "latency")),
        ("p1(ttft)", (0.01, "ttft")),
        ("p99.9(gap)", (99.9 / 100, "gap")),
        ("p0(latency)", None),
        ("p100(latency)", None),
        ("p99.5(latency)", None),
        ("p95(goodput)", None),
        ("p95", None),
        ("latency", None),
        (" p95(latency)", None),
    ],
)
def test_names_of_quantiles(name: str, expected: tuple[float, str] | None) -> None:
    """Whole percents and 99.9, of the quantities there are, and nothing else."""
    assert parts(name) == expected
