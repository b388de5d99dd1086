"""What became of the calls: goodput, partial text, waits, timeouts, fairness."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.ledger import Ledger

from .ledgers import answered, attempt, call, ledger, measured, numbered, scenario, served, why_absent

STREAM = call(None, stream=True)


def test_goodput_counts_every_call_that_was_meant() -> None:
    """Of five calls one is answered in time; late, refused, failed and censored ones stay in the denominator."""
    records = ledger(call(1.0), call(11.0), call(0.0, "breaker_open"), call(2.0, "status", 500), call(None, "censored"))
    assert measured("goodput", records) == 0.2
    assert measured("goodput_rate", records) == 0.01


def test_a_perfect_and_a_lost_run() -> None:
    """Goodput is 1 at best and 0 at worst, and both have a meaning."""
    assert measured("goodput", answered(1.0, 2.0)) == 1.0
    assert measured("goodput", answered(failed=3)) == 0.0
    assert measured("goodput_rate", answered(failed=3)) == 0.0


def partly(*calls: tuple[float, str, int]) -> Ledger:
    """Streams of a hundred tokens, each given by how long it took, what it ended with, and how much was shown."""
    records = numbered(call(took, outcome, stream=True) for took, outcome, _ in calls)
    return Ledger(
        calls=records,
        attempts=[attempt(o, who=(0, i), first_text=1.0, shown=n) for i, (_, o, n) in enumerate(calls)],
        journal=[served((0, i), output_tokens=100) for i in range(len(calls))],
    )


def test_partial_text_is_that_of_calls_that_were_not_answered_in_time() -> None:
    """One in time, one late with 80 of 100 tokens by its deadline, one broken after 30: 55% of the two that missed."""
    records = partly((5.0, "ok", 100), (15.0, "ok", 80), (4.0, "stream_broken", 30))
    assert measured("partial", records) == pytest.approx(0.55)
    assert measured("goodput", records) == pytest.approx(1 / 3)
    assert measured("goodput_with_partial", records) == pytest.approx((1.0 + 0.8 + 0.3) / 3)


def test_an_answer_just_in_time_is_not_partial() -> None:
    """To the second of its deadline."""
    assert why_absent("partial", partly((10.0, "ok", 100))) == "every streamed call was answered in time"


def test_plain_calls_show_nothing_before_they_are_whole() -> None:
    """Whatever their requests received."""
    records = Ledger(calls=[call(5.0, "gap")], attempts=[attempt("gap", shown=50)], journal=[served(output_tokens=100)])
    assert measured("goodput_with_partial", records) == 0.0


def test_partial_text_has_no_meaning_without_streams_that_missed() -> None:
    """Absent, and why; with plain calls alone the credit is goodput itself."""
    assert why_absent("partial", answered(1.0, failed=1)) == "no call streams"
    assert why_absent("partial", partly((5.0, "ok", 100))) == "every streamed call was answered in time"
    assert measured("goodput_with_partial", answered(1.0, failed=1)) == 0.5


def test_a_whole_answer_that_was_not_fluent_gets_no_credit() -> None:
    """It misses goodput, and is no partial text: nothing of it was missing but the pace."""
    strict = scenario({"deadline": "10s", "stream": "100%", "first_text_within": "500ms"})
    records = partly((5.0, "ok", 100))
    assert measured("goodput", records, strict) == 0.0
    assert measured("goodput_with_partial", records, strict) == 0.0
    assert why_absent("partial", records, strict) == "every streamed call was answered in time"


def test_the_restricted_mean_takes_a_failure_as_a_whole_deadline() -> None:
    """2 s, 6 s, a late answer, a failure and a censored call, all with 10 s: (2 + 6 + 10 + 10 + 10) / 5."""
    records = ledger(call(2.0), call(6.0), call(14.0), call(0.1, "connection"), call(None, "censored"))
    assert measured("rmst", records) == pytest.approx(7.6)
    assert measured("rmst_share", records) == pytest.approx(0.76)


def test_the_restricted_share_is_of_each_calls_own_deadline() -> None:
    """Half of 10 s and a tenth of 100 s: a long deadline does not outweigh a short one."""
    records = ledger(call(5.0), call(10.0, deadline=100.0))
    assert measured("rmst", records) == 7.5
    assert measured("rmst_share", records) == pytest.approx(0.3)


@given(st.lists(st.tuples(st.floats(0.01, 30.0), st.booleans()), min_size=1))
def test_the_restricted_mean_is_the_area_under_the_survival_curve(calls: list[tuple[float, bool]]) -> None:
    """Summed up between the moments at which somebody is answered."""
    taken = [seconds if is_ok else float("inf") for seconds, is_ok in calls]
    moments = [0.0, *sorted(t for t in taken if t < 10.0), 10.0]
    area = sum((after - before) * sum(t > before for t in taken) / len(taken) for before, after in pairwise(moments))
    records = ledger(*(call(seconds, "ok" if is_ok else "connection") for seconds, is_ok in calls))
    assert measured("rmst", records) == pytest.approx(area)


def test_calls_that_ran_into_a_limit_of_the_clients_own() -> None:
    """Timeouts of the library, of a stream, our gap and our deadline; neither errors nor the run's end."""
    ends = ["timeout", "stream_timeout", "gap", "deadline", "status", "connection", "breaker_open"]
    records = ledger(call(1.0), call(None, "censored"), call(20.0), *(call(1.0, end) for end in ends))
    assert measured("timeout_rate", records) == 0.4
    assert measured("timeout_rate", answered(1.0)) == 0.0


def of_clients(*good_of_ten: int) -> Ledger:
    """For each client ten calls, so many of them good."""
    calls = [
        call(1.0 if number < good else 20.0, who=(client, number))
        for client, good in enumerate(good_of_ten)
        for number in range(10)
    ]
    return Ledger(calls=calls)


@pytest.mark.parametrize(
    ("good", "index", "worst"),
    [
        ((5, 5, 5, 5), 1.0, 0.5),
        ((7, 7, 7, 7, 7), 1.0, 0.7),
        ((10, 0, 0, 0), 0.25, 0.0),
        ((10, 5), 0.9, 0.5),
        ((1, 1), 1.0, 0.1),
    ],
)
def test_fairness_and_the_worst_client(good: tuple[int, ...], index: float, worst: float) -> None:
    """Jain's index is 1 when all fare alike, however badly, and 1/n when one has all."""
    found = measured("fairness", of_clients(*good))
    assert found == pytest.approx(index)
    assert isinstance(found, float)
    assert found <= 1.0
    assert measured("worst_client", of_clients(*good)) == worst


def test_fairness_has_no_meaning_for_one_client_or_for_nothing() -> None:
    """Nothing divided by nobody is not fair."""
    assert why_absent("fairness", of_clients(5)) == why_absent("worst_client", of_clients(5))
    assert why_absent("fairness", of_clients(5)) == "only one client made calls"
    assert why_absent("fairness", of_clients(0, 0)) == "no call was answered in time"
    assert measured("worst_client", of_clients(0, 0)) == 0.0


@given(st.lists(st.integers(0, 10), min_size=2, max_size=8).filter(any))
def test_jains_index_is_between_an_equal_share_and_all_alike(good: list[int]) -> None:
    """From 1/n to 1, and never beyond by rounding."""
    index = measured("fairness", of_clients(*good))
    assert isinstance(index, float)
    assert 1 / len(good) - 1e-12 <= index <= 1.0


@given(st.lists(st.integers(0, 5), min_size=2, max_size=8).filter(any))
def test_jains_index_is_free_of_scale(good: list[int]) -> None:
    """Twice as good for everybody is exactly as fair."""
    doubled = [2 * count for count in good]
    assert measured("fairness", of_clients(*doubled)) == pytest.approx(measured("fairness", of_clients(*good)))
