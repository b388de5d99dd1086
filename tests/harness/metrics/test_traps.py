"""The classical ways in which figures flatter the wrong client, each as a test that they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.ledger import Ledger
from brownout.harness.metrics import METRICS, measure

from .ledgers import NEVER, answered, attempt, call, ledger, measured, see, served, why_absent

WAITS = ("p50(latency)", "p95(latency)", "p99(latency)", "rmst", "rmst_share", "par2", "goodput")


def not_better(one: Ledger, other: Ledger, names: tuple[str, ...] = WAITS) -> None:
    """Asserts that by none of these metrics the first is better than the second."""
    first, second = measure(see(one)), measure(see(other))
    for name in names:
        mine, theirs = first[name], second[name]
        assert isinstance(mine, float)
        assert isinstance(theirs, float)
        assert mine <= theirs if METRICS[name].better == "higher" else mine >= theirs - 1e-9, name


@given(st.lists(st.tuples(st.floats(0.01, 9.9), st.booleans()), min_size=1))
def test_giving_up_never_pays(calls: list[tuple[float, bool]]) -> None:
    """A client that fails some calls at once, in place of answering them, is by no figure better than one that answers
    all, however slow those were: failures are infinite, and not censored at the moment they gave up."""
    patient = answered(*(took for took, _ in calls))
    hasty = answered(*(took for took, fails in calls if not fails), failed=sum(fails for _, fails in calls))
    not_better(hasty, patient)


def test_half_failed_fast_against_all_answered_slowly() -> None:
    """Half the calls in half a second and failures for the rest, against 9.5 s for everyone with 10 s of time: the
    median and the restricted mean flatter the first, what clients are ranked by does not."""
    slow, half, less = answered(*[9.5] * 100), answered(*[0.5] * 50, failed=50), answered(*[0.5] * 49, failed=51)
    assert measured("p50(latency)", half) == 0.5
    not_better(half, slow, ("p95(latency)", "p99(latency)", "par2", "goodput"))
    not_better(less, slow, ("p50(latency)", "p95(latency)", "p99(latency)", "par2", "goodput"))
    assert (measured("rmst", slow), measured("rmst", half)) == (9.5, 5.25)
    assert (measured("par2", slow), measured("par2", half)) == pytest.approx((0.95, 1.025))


def test_coordinated_omission_does_not_hide_a_stall() -> None:
    """A program that was held up for 9 s begins ten calls late and answers each within 0.1 s of its beginning: the
    waits count from when the calls were meant."""
    held = ledger(*(call(9.1 - i, intended=float(i), waited=9.0 - i) for i in range(9)), call(0.1, intended=9.0))
    assert measured("p50(latency)", held) == pytest.approx(4.1)
    assert measured("p99(latency)", held) == pytest.approx(9.1)
    assert measured("rmst", held) == pytest.approx(4.6)


def test_what_is_still_going_on_at_the_end_is_not_left_out() -> None:
    """A censored call had more than its deadline: it is one that was not answered, and takes a whole deadline."""
    open_ended = ledger(call(1.0), call(None, "censored"))
    assert measured("goodput", open_ended) == 0.5
    assert measured("p50(latency)", open_ended) == 1.0
    assert measured("p95(latency)", open_ended) == NEVER
    assert measured("rmst", open_ended) == 5.5
    not_better(open_ended, answered(1.0, 9.9))


def test_refusing_everything_saves_requests_and_looks_no_better_for_it() -> None:
    """No requests for each call, and infinitely many for each answer; infinite dollars for each good call."""
    refused = Ledger(calls=[call(0.0, "breaker_open", who=(0, i), attempts=0) for i in range(10)])
    assert measured("amplification", refused) == 0.0
    assert measured("attempts_per_success", refused) == NEVER
    assert measured("cost_per_good_call", refused) == NEVER
    assert measured("goodput", refused) == 0.0
    assert why_absent("retry_success", refused) == "no call was retried"
    not_better(refused, answered(*[9.9] * 10))


def test_latency_of_successes_alone_would_flatter_the_client_that_fails() -> None:
    """So it is told beside the others, and whoever fails slow calls looks better by it and by nothing else."""
    picky, thorough = answered(*[1.0] * 6, failed=4), answered(*[1.0] * 6, *[9.0] * 4)
    assert measured("p95(latency_ok)", picky) == 1.0
    assert measured("p95(latency_ok)", thorough) == 9.0
    not_better(picky, thorough)


def test_a_hedge_that_lost_is_paid_for() -> None:
    """Its answer was thrown away: faster, and not for free."""
    won = Ledger(
        calls=[call(3.0)],
        attempts=[attempt("cancelled", finished=3.0), attempt(who=(0, 0, 0, 1), started=2.0, finished=3.0)],
        journal=[served(sent_tokens=3), served((0, 0, 0, 1), is_complete=True)],
    )
    assert measured("amplification", won) == 2.0
    assert measured("wasted_tokens", won) == pytest.approx(13 / 28)


def test_a_long_deadline_does_not_outweigh_short_ones() -> None:
    """Ranked is by the share of each call's own deadline: one job that failed after ten minutes weighs like a chat."""
    job_failed = ledger(call(1.0), call(1.0, "connection", deadline=600.0))
    chat_failed = ledger(call(1.0, "connection"), call(60.0, deadline=600.0))
    assert measured("rmst_share", job_failed) == pytest.approx(measured("rmst_share", chat_failed))
