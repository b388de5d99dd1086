"""What calls cost in requests: amplification, retries and what came of them, timeouts, late work."""

from __future__ import annotations

import pytest

from brownout.harness.ledger import Ledger

from .ledgers import NEVER, answered, attempt, call, ledger, measured, scenario, served, why_absent

LEAVING = scenario({"deadline": "10s", "caller_timeout": "5s"})


@pytest.mark.parametrize(("calls", "attempts", "expected"), [(4, 4, 1.0), (4, 10, 2.5), (4, 0, 0.0), (3, 4, 4 / 3)])
def test_amplification_is_requests_for_each_call(calls: int, attempts: int, expected: float) -> None:
    """Refused calls count too, so a breaker may bring it below one."""
    records = Ledger(calls=[call(1.0)] * calls, attempts=[attempt()] * attempts)
    assert measured("amplification", records) == pytest.approx(expected)


def test_the_busiest_second_is_any_second() -> None:
    """Five requests within one, of two calls in a hundred seconds: 250 times as many as on average."""
    began = [0.0, 10.0, 10.5, 10.6, 10.7, 10.9, 11.0, 50.0]
    records = Ledger(calls=[call(1.0)] * 2, attempts=[attempt(started=at) for at in began])
    assert measured("busiest_second", records) == 250.0
    assert why_absent("busiest_second", Ledger(calls=[call(0.0, "breaker_open")])) == "no request was sent"


def test_requests_for_each_answer() -> None:
    """Four requests for two whole answers, of which one came too late; without any answer there is no such price."""
    records = ledger(call(1.0), call(20.0), call(1.0, "connection"), call(1.0, "connection"))
    assert measured("attempts_per_success", records) == 2.0
    assert measured("attempts_per_success", answered(failed=5)) == NEVER
    assert measured("attempts_per_success", Ledger(calls=[call(0.0, "breaker_open")])) == NEVER


def test_retries_that_paid() -> None:
    """Three calls were retried and one of them answered; a call answered at once and a hedged one were not retried."""
    calls = [call(1.0), call(4.0, who=(0, 1)), call(4.0, "status", 529, who=(0, 2)), call(1.0, who=(0, 3))]
    calls += [call(None, "censored", who=(0, 4))]
    first = [attempt(who=(0, number)) for number in range(5)]
    retries = [attempt(who=(0, 1, 1)), attempt("status", who=(0, 2, 1)), attempt("status", who=(0, 2, 2))]
    retries += [attempt("cancelled", who=(0, 4, 1))]
    hedge = attempt(who=(0, 3, 0, 1))
    assert measured("retry_success", Ledger(calls=calls, attempts=[*first, *retries, hedge])) == pytest.approx(1 / 3)


def test_a_retry_on_the_branch_of_a_hedge_is_a_retry() -> None:
    """Attempts are numbered on each branch."""
    attempts = [attempt("status"), attempt("status", who=(0, 0, 0, 1)), attempt(who=(0, 0, 1, 1))]
    assert measured("retry_success", Ledger(calls=[call(3.0)], attempts=attempts)) == 1.0


def test_retry_success_has_no_meaning_without_retries() -> None:
    """Nothing was tried again, so nothing can be said of it: neither 0% nor 100%."""
    assert why_absent("retry_success", answered(1.0, failed=1)) == "no call was retried"
    hedged = Ledger(calls=[call(1.0)], attempts=[attempt(), attempt("cancelled", who=(0, 0, 0, 1))])
    assert why_absent("retry_success", hedged) == "no call was retried"


def test_requests_that_timed_out() -> None:
    """Of the requests sent, whatever the calls came to; absent if none was."""
    ends = ["timeout", "stream_timeout", "gap", "cancelled", "status", "ok", "ok", "ok"]
    attempts = [attempt(end, who=(0, 0, i)) for i, end in enumerate(ends)]
    assert measured("attempt_timeout_rate", Ledger(calls=[call(1.0, "cancelled")], attempts=attempts)) == 0.375
    assert measured("attempt_timeout_rate", answered(1.0)) == 0.0
    assert why_absent("attempt_timeout_rate", Ledger(calls=[call(0.0, "breaker_open")])) == "no request was sent"


@pytest.mark.parametrize(
    ("outcome", "expected"), [("ok", 0.5), ("deadline", 0.5), ("gap", 0.5), ("cancelled", 0.0), ("censored", 0.0)]
)
def test_what_a_layer_has_called_off_has_timed_out(outcome: str, expected: float) -> None:
    """Limits on an attempt, its first token or the whole call: whoever goes because the caller does has not."""
    attempts = [attempt("cancelled", finished=4.0), attempt(who=(0, 0, 1), started=4.0, finished=9.0)]
    records = Ledger(calls=[call(9.0, outcome)], attempts=attempts)
    assert measured("attempt_timeout_rate", records) == expected


def test_who_loses_against_a_hedge_has_not_timed_out() -> None:
    """They end together; one that was cut off before that has."""
    winner = attempt(who=(0, 0, 0, 1), started=2.0, finished=5.0)
    for finished, expected in ((5.0, 0.0), (3.0, 0.5)):
        records = Ledger(calls=[call(5.0)], attempts=[attempt("cancelled", finished=finished), winner])
        assert measured("attempt_timeout_rate", records) == expected


def test_requests_that_timed_out_for_nothing() -> None:
    """Of those that the service has seen and no fault met; whom the limit cut off before a fault came met none."""
    ends = ["timeout", "ok", "gap", "timeout", "timeout", "cancelled"]
    journal = [
        served((0, 0)),
        served((0, 1)),
        served((0, 2), fault="stall", has_fired=False),
        served((0, 3), fault="no_answer"),
        served((0, 5)),
    ]
    calls = [call(1.0, "deadline", who=(0, i)) for i in range(len(ends))]
    attempts = [attempt(end, who=(0, i)) for i, end in enumerate(ends)]  # the fifth never came to the service
    assert measured("false_timeout_rate", Ledger(calls=calls, attempts=attempts, journal=journal)) == 0.75
    met = Ledger(calls=calls, attempts=attempts, journal=[journal[3]])
    assert why_absent("false_timeout_rate", met) == "no request reached the service without meeting a fault"


def test_work_for_a_caller_who_has_left() -> None:
    """The caller of two calls leaves 5 s after each was meant: two requests began later, 70 tokens came later."""
    calls = [call(9.0, intended=10.0, waited=1.0), call(1.0, who=(0, 1), intended=50.0)]
    attempts = [
        attempt("gap", started=11.0),
        attempt("status", who=(0, 0, 1), started=15.0),
        attempt("status", who=(0, 0, 2), started=15.5),
        attempt(who=(0, 0, 3), started=17.0, late=70),
        attempt(who=(0, 1), started=50.0),
    ]
    records = Ledger(calls=calls, attempts=attempts)
    assert measured("late_attempts", records, LEAVING) == 1.0
    assert measured("late_tokens", records, LEAVING) == 35.0
    assert measured("late_attempts", answered(1.0), LEAVING) == 0.0
    assert measured("late_tokens", answered(1.0), LEAVING) == 0.0


@pytest.mark.parametrize("name", ["late_attempts", "late_tokens"])
def test_late_work_has_no_meaning_where_nobody_leaves(name: str) -> None:
    """Without a caller_timeout no work is late."""
    assert why_absent(name, answered(1.0)) == "the scenario gives no caller_timeout"


def test_each_kind_of_call_has_callers_with_their_own_patience() -> None:
    """Requests at 10 s: late for a chat whose user leaves after 5 s, not for a job that is waited for for ever."""
    chat = {"profile": "chat", "share": "50%", "caller_timeout": "5s"}
    mixed = scenario([chat, {"profile": "background", "share": "50%"}])
    work = mixed.calls(seed=1)
    numbers = range(50)
    calls = [call(20.0, who=(0, number)) for number in numbers]
    attempts = [attempt(who=(0, number), started=10.0) for number in numbers]
    chats = sum(work.ask(0, number, 0.0).profile == "chat" for number in numbers)
    assert 0 < chats < 50
    assert measured("late_attempts", Ledger(calls=calls, attempts=attempts), mixed) == chats / 50
