"""What an attempt's record says of its stream: the sums themselves, and the same story from both backends.

One client calls once, at 0 s. The headers of its stream come after 1.12 s, then twenty tokens, one each 100 ms.
"""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.drivers.content import Content, count_by
from brownout.harness.policies.call import Ask
from brownout.harness.records import AttemptRecord

from .backends import BACKENDS
from .test_vocabulary import LATE, SCALE, Case, played

times = st.floats(0.0, 100.0)
runs = st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 1.0), st.integers(0, 20)), max_size=5)


@given(times, times, st.floats(1e-6, 3.0) | st.just(0.0), st.integers(1, 50))
def test_of_a_run_those_have_come_whose_time_has_come(at: float, began: float, gap: float, count: int) -> None:
    """Counted by quotient, it is as many as counted one by one."""
    assert count_by(at, began, gap, count) == sum(began + k * gap <= at for k in range(1, count + 1))


@given(runs, times, times, st.booleans())
def test_a_run_counts_like_its_tokens(
    runs: list[tuple[float, float, int]], deadline: float, patience: float, is_ok: bool
) -> None:
    """Whether the tokens come as runs or one by one, the record is the same."""
    ask = Ask(0, 0, 1.0, deadline, True, 10, 10, caller_timeout=patience)
    lumped, single, now, seen = Content(ask), Content(ask), 0.0, list[float]()
    for pause, gap, count in runs:
        now += pause
        lumped.add(now, gap, count)
        for k in range(1, count + 1):
            single.add(now + k * gap, 0.0, 1)
            seen.append(now + k * gap)
        now += count * gap
    one, other = lumped.ended(now + 1.0, is_ok), single.ended(now + 1.0, is_ok)
    assert one._replace(largest_gap=0.0) == other._replace(largest_gap=0.0)
    assert one.largest_gap == pytest.approx(other.largest_gap)
    assert one.tokens == len(seen)
    assert one.shown == sum(at <= 1.0 + deadline for at in seen)
    assert one.late == sum(at > 1.0 + patience for at in seen)


def test_nobody_leaves_a_caller_without_a_limit() -> None:
    """Without one nothing is late, and an attempt without content has neither a first text nor a gap."""
    content = Content(Ask(0, 0, 0.0, inf, True, 10, 10))
    assert content.ended(50.0, False) == (0, None, 0.0, 0, 0)
    content.add(60.0, 1.0, 5)
    assert content.ended(65.0, True) == (5, 61.0, 1.0, 5, 0)
    assert content.ended(75.0, False).largest_gap == 10.0


# -- on both backends: what is configured; tokens and the longest gap

DEADLINE = "deadline: {total: SECONDS}"
CUT = 10
"""Tokens that come before a deadline in the middle of the run."""
CASES = {
    "whole": (Case("content_gap: {limit: 9s}", "ok", "", 3.12, ()), 20, 0.1),
    "a deadline in the middle of a run": (Case(DEADLINE.replace("SECONDS", "2170ms"), "", "", 0, ()), CUT, 0.1),
    "a deadline in a stall": (
        Case(DEADLINE.replace("SECONDS", "4s"), "", "", 0, (), first="{kind: stall, at: {tokens: 3}}"),
        3,
        4 - 1.42,
    ),
    "a stall that ends": (
        Case("content_gap: {limit: 9s}", "", "", 0, (), first="{kind: stall, at: {tokens: 3}, for: 2s}"),
        20,
        2.1,
    ),
    "a read timeout": (
        Case("content_gap: {limit: 9s}", "", "", 0, (), first="{kind: stall, at: {tokens: 3}}", read="2s"),
        3,
        2.0,
    ),
    "cut off": (
        Case("content_gap: {limit: 9s}", "", "", 0, (), first="{kind: truncate, at: {tokens: 7}}"),
        7,
        0.1,
    ),
    "before the first": (
        Case(DEADLINE.replace("SECONDS", "4s"), "", "", 0, (), first="{kind: stall, at: {tokens: 0}}"),
        0,
        0.0,
    ),
}


def attempt(case: Case, backend: str) -> AttemptRecord:
    [record] = played(case, backend).attempts
    return record


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("case", "tokens", "gap"), CASES.values(), ids=CASES)
def test_a_record_says_what_came(case: Case, tokens: int, gap: float, backend: str) -> None:
    """All that came until the attempt ended counts, in the middle of a run too; the first comes 100 ms after the
    headers, and the longest time without any is that of the script."""
    record = attempt(case, backend)
    late = 1e-4 if backend != "wire" else 2 * LATE
    if tokens == CUT and backend == "wire" and record.tokens < CUT:
        tokens -= 1  # the tenth comes 50 ms before the deadline: 5 ms of real time, which a busy machine may need
    assert (record.tokens, record.shown, record.late) == (tokens, tokens, 0)
    assert (record.first_text is None) is (tokens == 0)
    if record.first_text is not None:
        assert 1.22 - 1e-3 * SCALE <= record.first_text - record.started <= 1.22 + late
    assert gap - late - 1e-3 * SCALE <= record.largest_gap <= gap + late
