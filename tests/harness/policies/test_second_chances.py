"""Hedges, fallbacks and the throttle: who is asked besides, who instead, and when nobody is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.policies.effects import Attempt
from brownout.harness.policies.layers import LAYERS
from brownout.harness.policies.layers.hedge import MINIMUM
from brownout.harness.policies.layers.throttle import REFUSED, Throttle
from brownout.harness.policies.outcome import OK, SPEND_CAP, Outcome

from .hand_cranked import Bench, Pending, a_call, one_attempt

OVERLOADED = Outcome("status", status=529)


class Trial:
    """A layer around one attempt."""

    def __init__(self, name: str, **parameters: Any) -> None:
        self.bench = Bench()
        self.run = LAYERS[name].model_validate(parameters).wrap(one_attempt, self.bench.site)

    def begin(self) -> None:
        self.bench.start(self.run(a_call()))

    @property
    def sent(self) -> list[Pending]:
        """Requests that are under way, in the order in which they were sent."""
        return [pending for pending in self.bench.port.open if isinstance(pending.effect, Attempt)]

    def quick(self, seconds: float = 0.0, outcome: Outcome = OK) -> None:
        """A call that is answered after so many seconds by its first request."""
        self.begin()
        self.bench.port.advance(seconds)
        self.sent[0].answer(outcome)
        self.bench.port.advance(1000.0)


# -- hedges


def test_a_hedge_is_sent_when_no_answer_is_there_by_then() -> None:
    trial = Trial("hedge", after="10s")
    trial.begin()
    trial.bench.port.advance(9.999)
    assert len(trial.sent) == 1
    trial.bench.port.advance(0.001)
    first, second = trial.sent
    second.answer(OK)
    assert trial.bench.ends == [(OK, None)]
    assert first.is_cancelled


def test_several_are_sent_at_equal_distances() -> None:
    trial = Trial("hedge", after="10s", hedges=3)
    trial.begin()
    seen = []
    for _ in range(5):
        seen.append(len(trial.sent))
        trial.bench.port.advance(10.0)
    assert seen == [1, 2, 3, 4, 4]


def test_a_quantile_takes_over_when_there_are_enough_answers() -> None:
    """Of answers that took 1 to 20 s, 90% took at most 18 s."""
    trial = Trial("hedge", after="500s", quantile="90%")
    for seconds in range(1, MINIMUM):
        trial.quick(float(seconds))
    trial.begin()
    trial.bench.port.advance(499.0)
    assert len(trial.sent) == 1
    trial.sent[0].answer(OK)
    trial = Trial("hedge", after="500s", quantile="90%")
    for seconds in range(1, MINIMUM + 1):
        trial.quick(float(seconds))
    trial.begin()
    trial.bench.port.advance(17.999)
    assert len(trial.sent) == 1
    trial.bench.port.advance(0.001)
    assert len(trial.sent) == 2


def test_no_more_than_a_share_of_the_calls_is_hedged() -> None:
    """Two at once are saved up; then it is every tenth."""
    trial = Trial("hedge", after="1s", share="10%")
    hedged = 0
    for _ in range(100):
        trial.begin()
        trial.bench.port.advance(1.0)
        hedged += len(trial.sent) - 1
        trial.sent[-1].answer(OK)
    assert hedged == 2 + 9  # what was saved up was full when the first calls came


def test_who_has_failed_is_not_waited_for() -> None:
    """Of three hedges the next is sent at once; those behind it keep their time."""
    trial = Trial("hedge", after="10s", hedges=3)
    trial.begin()
    for _ in range(2):
        trial.sent[0].answer(OVERLOADED)
        trial.bench.port.advance(0.0)
        assert len(trial.sent) == 1
    trial.bench.port.advance(29.999)
    assert len(trial.sent) == 1
    trial.bench.port.advance(0.001)
    assert len(trial.sent) == 2
    for pending in trial.sent:
        pending.answer(OVERLOADED)
    assert trial.bench.ends == [(OVERLOADED, None)]


def test_nobody_waits_for_hedges_that_are_not_sent() -> None:
    """Where the share is used up and every request has failed, there is nothing to come."""
    trial = Trial("hedge", after="10s", hedges=5, share="1%")
    for expected in (3, 1, 1):  # two had been saved up
        trial.begin()
        for sent in range(1, expected + 1):
            trial.sent[0].answer(OVERLOADED)
            trial.bench.port.advance(0.0)
            assert len(trial.sent) == (sent < expected)
        for _ in range(5):
            trial.bench.port.advance(0.0)
    assert trial.bench.ends == [(OVERLOADED, None)] * 3


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("status", status=400),
        OVERLOADED._replace(should_retry=False),
        Outcome("status", status=429, detail=SPEND_CAP),
        Outcome("breaker_open"),
    ],
    ids=["a bad request", "a final error", "no money", "refused"],
)
def test_what_cannot_help_is_not_sent(outcome: Outcome) -> None:
    trial = Trial("hedge", after="10s", hedges=3)
    trial.begin()
    trial.sent[0].answer(outcome)
    assert trial.bench.ends == [(outcome, None)]
    assert trial.sent == []


def test_of_a_hedge_that_is_not_sent_nobody_hears() -> None:
    """The call's outcome is that of its request."""
    trial = Trial("hedge", after="1s", share="1%")
    for _ in range(4):
        trial.begin()
        trial.bench.port.advance(1.0)
        for pending in trial.sent:
            pending.answer(OVERLOADED)
    assert trial.bench.ends == [(OVERLOADED, None)] * 4


# -- fallbacks


@pytest.mark.parametrize(
    "outcome",
    [OVERLOADED, Outcome("timeout", "read"), Outcome("stream_broken", tokens=9), Outcome("breaker_open")],
    ids=str,
)
def test_the_next_is_asked_for_what_the_one_before_failed_in(outcome: Outcome) -> None:
    """From the middle of a stream, too; in the order of the file, until one answers."""
    trial = Trial("fallback", to=[{"model": "b"}, {"endpoint": "https://c.example"}, {"model": "d"}])
    trial.begin()
    asked = []
    for end in (outcome, outcome, OK):
        [pending] = trial.sent
        assert isinstance(pending.effect, Attempt)
        asked.append((pending.effect.call.model, pending.effect.call.endpoint))
        pending.answer(end)
    assert asked == [("", ""), ("b", ""), ("", "https://c.example")]
    assert trial.bench.ends == [(OK, None)]


def test_when_all_have_failed_the_last_has_the_word() -> None:
    trial = Trial("fallback", to=[{"model": "b"}])
    trial.begin()
    trial.sent[0].answer(OVERLOADED)
    trial.sent[0].answer(Outcome("connection"))
    assert trial.bench.ends == [(Outcome("connection"), None)]


def test_nobody_else_can_help_with_a_bad_request() -> None:
    trial = Trial("fallback", to=[{"model": "b"}])
    trial.begin()
    trial.sent[0].answer(Outcome("status", status=400))
    assert trial.bench.ends == [(Outcome("status", status=400), None)]


def test_after_a_call_whom_the_application_named_is_asked_again() -> None:
    trial = Trial("fallback", to=[{"model": "b"}])
    call = a_call()
    trial.bench.start(trial.run(call))
    trial.sent[0].answer(OVERLOADED)
    trial.sent[0].answer(OK)
    assert call.target is None


# -- the throttle


@given(st.integers(0, 10_000), st.floats(0.0, 1.0), st.floats(1.0, 4.0))
def test_the_chance_of_a_refusal_is_the_published_formula(requests: int, share: float, k: float) -> None:
    """Never negative nor certain; nothing while at least one in k is accepted."""
    accepted = round(requests * share)
    chance = Throttle(k=k).chance(requests, accepted)
    assert 0.0 <= chance < 1.0
    assert (chance > 0.0) == (requests > k * accepted)


def test_in_an_outage_it_lets_fewer_and_fewer_through_and_some_always() -> None:
    """Of ten thousand calls at one moment, with nothing accepted, about the sum of 1 / (n + 1) is sent."""
    trial = Trial("throttle", k=2)
    for number in range(5000):
        state = a_call()
        state.ask = state.ask._replace(call=number)
        trial.bench.start(trial.run(state))
        for pending in trial.sent:
            pending.answer(OVERLOADED)
    sent = sum(isinstance(pending.effect, Attempt) for pending in trial.bench.port.asked)
    assert 3 <= sent <= 25
    assert len(trial.bench.ends) == 5000
    assert sum(end == (REFUSED, None) for end in trial.bench.ends) == 5000 - sent


def test_a_service_that_is_well_is_left_alone() -> None:
    trial = Trial("throttle", k=2)
    for _ in range(200):
        trial.quick()
    assert trial.bench.ends == [(OK, None)] * 200
