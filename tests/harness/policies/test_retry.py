"""Retries: what is tried again, how long is waited before it, and how often a budget pays for it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.policies.backoff import Backoff
from brownout.harness.policies.budgets.bucket import Bucket
from brownout.harness.policies.causes import CAUSES
from brownout.harness.policies.effects import Attempt, Sleep
from brownout.harness.policies.layers.retry import Retry
from brownout.harness.policies.outcome import OK, Kind, Outcome, is_failure
from brownout.harness.records import WaitRecord

from .hand_cranked import Bench, a_call, one_attempt

DRAWS = st.floats(2.0**-53, 1.0 - 2.0**-53)
SECONDS = st.floats(0.001, 600.0)

# -- how long


@pytest.mark.parametrize(
    ("base", "factor", "longest", "jitter", "u", "delays"),
    [
        ("1s", 2.0, None, "none", 0.5, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]),
        ("500ms", 2.0, "8s", "none", 0.5, [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]),
        ("1s", 3.0, "20s", "none", 0.5, [1.0, 3.0, 9.0, 20.0, 20.0, 20.0]),
        ("1500ms", 1.0, None, "none", 0.9, [1.5, 1.5, 1.5, 1.5, 1.5, 1.5]),
        ("1s", 2.0, None, "full", 0.25, [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]),
        ("2s", 2.0, "10s", "full", 0.75, [1.5, 3.0, 6.0, 7.5, 7.5, 7.5]),
        ("2s", 2.0, None, {"additive": "1s"}, 0.25, [2.25, 4.25, 8.25, 16.25, 32.25, 64.25]),
        ("2s", 2.0, "10s", {"additive": "1s"}, 0.75, [2.75, 4.75, 8.75, 10.75, 10.75, 10.75]),
        ("250ms", 1.5, None, {"additive": "500ms"}, 0.4, [0.45, 0.575, 0.7625, 1.04375, 1.465625, 2.0984375]),
    ],
)
def test_backoff_has_these_delays(
    base: str, factor: float, longest: str | None, jitter: Any, u: float, delays: list[float]
) -> None:
    """Computed apart from this project, in exact fractions."""
    given_ = {"base": base, "factor": factor, "max": longest, "jitter": jitter}
    backoff = Backoff.model_validate({key: value for key, value in given_.items() if value is not None})
    assert [backoff.delay(retry, u) for retry in range(6)] == pytest.approx(delays, rel=1e-12)


def backoff_of(base: float, factor: float, longest: float | None, jitter: str | float) -> Backoff:
    """A back-off of figures, without the units that a file would carry."""
    given_: dict[str, Any] = {"base": f"{base!r}s", "factor": factor}
    if longest is not None:
        given_["max"] = f"{longest!r}s"
    given_["jitter"] = jitter if isinstance(jitter, str) else {"additive": f"{jitter!r}s"}
    return Backoff.model_validate(given_)


@given(SECONDS, st.floats(1.0, 10.0), SECONDS, st.integers(0, 30), DRAWS)
def test_jitter_stays_within_its_bounds(base: float, factor: float, longest: float, retry: int, u: float) -> None:
    """`full` only shortens the delay, `additive` only lengthens it, by no more than it says."""
    plain = backoff_of(base, factor, longest, "none").delay(retry, u)
    assert 0 < plain <= longest
    assert 0 < backoff_of(base, factor, longest, "full").delay(retry, u) <= plain
    assert plain <= backoff_of(base, factor, longest, 1.5).delay(retry, u) <= plain + 1.5


@given(st.floats(0.001, 60.0), st.floats(1.0, 3.0), st.integers(0, 12), DRAWS)
def test_without_a_maximum_each_delay_is_the_last_times_the_factor(
    base: float, factor: float, retry: int, u: float
) -> None:
    """Jitter by share changes nothing in that, as long as the draw is the same."""
    for jitter in ("none", "full"):
        backoff = backoff_of(base, factor, None, jitter)
        assert backoff.delay(retry + 1, u) == pytest.approx(factor * backoff.delay(retry, u))


@given(st.floats(1.0, 1e9), st.integers(0, 10**6), DRAWS)
def test_no_number_of_retries_is_too_many_to_wait_between(factor: float, retry: int, u: float) -> None:
    """A maximum holds however far beyond all numbers the exponential has grown."""
    assert 0 < backoff_of(1.0, factor, 30.0, "full").delay(retry, u) <= 30.0


# -- the layer


class Trial:
    """A retry layer on a bench. `waits` are the pauses it made."""

    def __init__(self, **parameters: Any) -> None:
        self.bench = Bench()
        self._run = Retry.model_validate(parameters).wrap(one_attempt, self.bench.site)

    def call(self, *outcomes: Outcome) -> int:
        """Play a call whose attempts end so, the last of them for ever; returns how many attempts there were."""
        left, attempts = list(outcomes), 0
        self.bench.start(self._run(a_call()))
        while self.bench.port.open:
            [pending] = self.bench.port.open
            if pending.due is None:
                attempts += 1
                pending.answer(left.pop(0) if len(left) > 1 else left[0])
            else:
                self.bench.port.advance(pending.due - self.bench.port.time)
        return attempts

    @property
    def waits(self) -> list[WaitRecord]:
        return [record for record in self.bench.records if isinstance(record, WaitRecord)]


OUTCOMES: dict[str, Outcome] = {
    "ok": OK,
    "connect timeout": Outcome("timeout", phase="connect"),
    "read timeout": Outcome("timeout", phase="read"),
    "pool timeout": Outcome("timeout", phase="pool"),
    "connection": Outcome("connection"),
    "400": Outcome("status", status=400),
    "404": Outcome("status", status=404),
    "408": Outcome("status", status=408),
    "409": Outcome("status", status=409),
    "429": Outcome("status", status=429),
    "500": Outcome("status", status=500),
    "503": Outcome("status", status=503),
    "504": Outcome("status", status=504),
    "529": Outcome("status", status=529),
    "broken before text": Outcome("stream_broken", tokens=0),
    "broken after text": Outcome("stream_broken", tokens=1),
    "error before text": Outcome("stream_error", tokens=0),
    "error after text": Outcome("stream_error", tokens=1),
    "silent before text": Outcome("stream_timeout", tokens=0),
    "silent after text": Outcome("stream_timeout", tokens=1),
    "cut before text": Outcome("truncated", tokens=0),
    "cut after text": Outcome("truncated", tokens=1),
    "gap before text": Outcome("gap", tokens=0),
    "gap after text": Outcome("gap", tokens=1),
    "no answer at all": Outcome("malformed", "read", 200, detail="text"),
    "deadline": Outcome("deadline"),
    "breaker open": Outcome("breaker_open"),
    "rejected": Outcome("rejected", detail="rate"),
}
BEFORE_TEXT = {name for name in OUTCOMES if name.endswith("before text")}
AFTER_TEXT = {name for name in OUTCOMES if name.endswith("after text")}
ON: dict[str, set[str]] = {
    "timeout": {"connect timeout", "read timeout", "pool timeout"},
    "connection": {"connection"},
    "rate_limit": {"429"},
    "overloaded": {"529"},
    "server_error": {"500", "503", "504"},
    "stream_before_text": BEFORE_TEXT,
    "stream_after_text": AFTER_TEXT,
    "malformed": {"no answer at all"},
    "connect_timeout": {"connect timeout"},
    "read_timeout": {"read timeout"},
    "request_timeout": {"408"},
    "conflict": {"409"},
    "in_stream_error": {"error before text", "error after text"},
    "breaker_open": {"breaker open"},
    "rejected": {"rejected"},
}
"""For each name that `on` may list, the outcomes it stands for."""


def test_the_table_here_has_every_cause_and_every_failure() -> None:
    """So that a new one cannot be left untested."""
    assert ON.keys() == CAUSES.keys()
    failures = {kind for kind in get_args(Kind) if is_failure(Outcome(kind))}
    seen_by_no_layer = {"censored", "unanswered", "raised"}
    assert failures - seen_by_no_layer <= {outcome.kind for outcome in OUTCOMES.values()}


@pytest.mark.parametrize("cause", ON)
@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_tried_again_for_each_cause(cause: str, name: str) -> None:
    """Once more if the cause stands for the outcome, not at all if it does not."""
    attempts = Trial(retries=1, on=[cause]).call(OUTCOMES[name])
    assert attempts == (2 if name in ON[cause] else 1)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_so_many_retries_and_no_more(retries: int) -> None:
    """The last outcome is the call's; there is a pause before each retry, and none after the last."""
    trial = Trial(retries=retries, on=["overloaded"])
    assert trial.call(OUTCOMES["529"]) == retries + 1
    assert trial.bench.ends == [(OUTCOMES["529"], None)]
    assert len(trial.waits) == retries


def test_a_success_ends_it() -> None:
    """What went wrong before does not matter then."""
    trial = Trial(retries=5, on=["overloaded", "connection"])
    assert trial.call(OUTCOMES["529"], OUTCOMES["connection"], OK) == 3
    assert trial.bench.ends == [(OK, None)]


def test_pauses_are_those_of_the_backoff() -> None:
    """The n-th pause is the n-th delay, and is recorded as what it is."""
    trial = Trial(retries=4, on=["overloaded"], backoff={"base": "1s", "factor": 3, "max": "20s", "jitter": "none"})
    trial.call(OUTCOMES["529"])
    assert [wait.seconds for wait in trial.waits] == [1.0, 3.0, 9.0, 20.0]
    assert [wait.at for wait in trial.waits] == [0.0, 1.0, 4.0, 13.0]
    assert {wait.why for wait in trial.waits} == {"backoff"}


@given(st.floats(0.0, 120.0), st.floats(0.001, 60.0), st.sampled_from(["obey", "ignore"]))
def test_a_retry_after_is_obeyed(asked: float, base: float, retry_after: str) -> None:
    """The wait is never shorter than what the service asked for, nor than the back-off; unless it is to be ignored."""
    backoff = {"base": f"{base!r}s", "jitter": "none"}
    trial = Trial(retries=1, on=["rate_limit"], backoff=backoff, retry_after=retry_after)
    trial.call(OUTCOMES["429"]._replace(retry_after=asked), OK)
    [wait] = trial.waits
    is_obeyed = retry_after == "obey" and asked > base
    assert wait.seconds == (asked if is_obeyed else base)
    assert wait.why == ("retry-after" if is_obeyed else "backoff")
    assert trial.bench.port.time == wait.seconds


# -- the budget


@given(
    st.floats(0.01, 1.0),
    st.floats(1.0, 20.0),
    st.lists(st.booleans(), max_size=200),
)
def test_a_budget_is_never_overdrawn(deposit: float, capacity: float, steps: list[bool]) -> None:
    """It stays between nothing and its capacity, and pays for no more than was in it and put into it."""
    purse = Bucket(deposit=deposit, capacity=capacity).open()
    deposits = paid = 0
    for is_deposit in steps:
        if is_deposit:
            purse.begins(0.0)
            deposits += 1
        else:
            paid += purse.take(OUTCOMES["529"], 0.0) is not None
        assert 0.0 <= purse.tokens <= capacity
        assert paid <= capacity + deposits * deposit + 1e-6


@given(
    st.sampled_from([0.1, 0.2, 0.25, 1.0]),
    st.integers(1, 5),
    st.lists(st.booleans(), min_size=1, max_size=60),
)
def test_a_budget_bounds_the_retries_of_all_calls(deposit: float, capacity: int, calls: list[bool]) -> None:
    """Calls that succeed pay in for those that fail; together there are never more retries than that affords."""
    trial = Trial(retries=3, on=["overloaded"], budget={"deposit": deposit, "capacity": capacity})
    retries = sum(trial.call(OK if is_ok else OUTCOMES["529"]) - 1 for is_ok in calls)
    assert retries <= capacity + len(calls) * deposit + 1e-6


def test_ten_deposits_of_a_tenth_pay_for_a_retry() -> None:
    """Though ten times 0.1 is a little less than 1 in a computer's arithmetic."""
    trial = Trial(retries=3, on=["overloaded"], budget={"deposit": 0.1, "capacity": 1})
    assert trial.call(OUTCOMES["529"]) == 2
    assert [trial.call(OUTCOMES["529"]) for _ in range(10)] == [1] * 9 + [2]


def test_a_success_costs_nothing_of_the_budget() -> None:
    """Nor does an outcome for which there would be no retry anyway."""
    trial = Trial(retries=1, on=["overloaded"], budget={"deposit": 0.1, "capacity": 1})
    trial.call(OUTCOMES["400"])
    trial.call(OK)
    assert trial.call(OUTCOMES["529"], OK) == 2


def test_a_budget_is_one_for_all_calls_of_a_client() -> None:
    """A client that has used it up makes no retry, however many calls it has."""
    trial = Trial(retries=10, on=["overloaded"], budget={"deposit": 0.1, "capacity": 3})
    assert [trial.call(OUTCOMES["529"]) for _ in range(4)] == [4, 1, 1, 1]


def test_sleeping_is_all_it_does_between_attempts() -> None:
    """The layer's effects for a call that fails twice: attempt, sleep, attempt, sleep, attempt."""
    run = Retry.model_validate({"retries": 2, "on": ["connection"]}).wrap(one_attempt, Bench().site)
    generator, effects, sent = run(a_call()), list[type](), None
    while True:
        try:
            effect = generator.send(sent)
        except StopIteration:
            break
        effects.append(type(effect))
        sent = OUTCOMES["connection"] if isinstance(effect, Attempt) else None
    assert effects == [Attempt, Sleep, Attempt, Sleep, Attempt]
