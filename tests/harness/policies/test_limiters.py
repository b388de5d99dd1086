"""Every way to pace: never faster than it says, in the order of coming, and what adapts to what it is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.policies.layers.rate_limiter import TOO_MANY, RateLimiter
from brownout.harness.policies.limiters import LIMITERS, Pace
from brownout.harness.policies.limiters.bucket import Bucket
from brownout.harness.policies.limiters.cubic import Curve
from brownout.harness.policies.outcome import OK, Outcome

from .hand_cranked import Bench, a_call, one_attempt

PAUSES = st.lists(st.floats(0.0, 3.0), max_size=60)
TOLD = st.lists(st.tuples(st.floats(0.0, 3.0), st.sampled_from(["reserve", "succeeded", "throttled"])), max_size=200)


def example(kind: str) -> Pace:
    return LIMITERS[kind].model_validate({k: v for k, v in LIMITERS[kind].example.items() if k != "kind"}).open()


@given(st.floats(0.1, 50.0), st.floats(1.0, 20.0), PAUSES)
def test_in_no_stretch_of_time_more_than_the_rate_and_the_burst(rate: float, burst: float, pauses: list[float]) -> None:
    pace, now, sent = Bucket.model_validate({"rate": f"{rate!r}/s", "burst": burst}).open(), 0.0, list[float]()
    for pause in pauses:
        now += pause
        wait = pace.reserve(now)
        assert wait is not None
        sent.append(now + wait)
    assert sent == sorted(sent)
    for i, first in enumerate(sent):
        for j, last in enumerate(sent[i:], 1):
            assert j <= burst + rate * (last - first) + 1e-6


@pytest.mark.parametrize("kind", LIMITERS)
@given(told=TOLD)
def test_whatever_it_is_told_its_rate_is_a_rate(kind: str, told: list[tuple[float, str]]) -> None:
    """Positive, and nobody waits for less than no time."""
    pace, now = example(kind), 0.0
    for pause, what in told:
        now += pause
        wait = getattr(pace, what)(now)
        assert pace.rate > 0.0
        assert wait is None or wait >= 0.0


@pytest.mark.parametrize("kind", ["aimd", "cubic"])
def test_throttled_it_slows_down_and_comes_back(kind: str) -> None:
    """While calls are answered as fast as it lets them."""
    pace, now = example(kind), 0.0

    def second(answer: str) -> None:
        nonlocal now
        for _ in range(10):
            now += 0.1
            getattr(pace, answer)(now)

    second("succeeded")
    pace.throttled(now)
    slowed = pace.rate
    assert slowed < 10.0
    for _ in range(5):
        second("succeeded")
    assert pace.rate > slowed


def test_aimd_halves_once_in_a_while_however_many_are_told_no() -> None:
    """What was under way when the rate fell says nothing of the new one."""
    pace = example("aimd")
    for _ in range(10):
        pace.throttled(5.0)
    assert pace.rate == pytest.approx(5.0)
    pace.throttled(6.0)
    assert pace.rate == pytest.approx(2.5)


def test_a_second_of_answers_adds_the_increase() -> None:
    pace = example("aimd")
    for _ in range(10):
        pace.succeeded(0.0)
    assert pace.rate == pytest.approx(11.0, rel=0.01)


def test_the_cubic_curve_begins_at_beta_and_is_flat_where_it_was_too_much() -> None:
    """At once 70% of it, back at it after the cube root of 30% of it by 0.4, where it does not grow."""
    curve = Curve(20.0, 100.0, 0.7)
    back = (20.0 * 0.3 / 0.4) ** (1 / 3)
    assert curve.at(100.0) == pytest.approx(14.0)
    assert curve.at(100.0 + back) == pytest.approx(20.0)
    assert curve.at(100.0 + back + 0.01) - curve.at(100.0 + back) < 1e-6


# -- the layer


def limited(**parameters: Any) -> tuple[Bench, Any]:
    bench = Bench()
    layer = RateLimiter.model_validate({"by": {"kind": "bucket", "rate": "1/s"}, **parameters})
    return bench, layer.wrap(one_attempt, bench.site)


def sent(bench: Bench) -> int:
    return sum(pending.effect is not None for pending in bench.port.asked)


def test_who_comes_too_early_waits_for_a_token() -> None:
    bench, run = limited()
    for _ in range(3):
        bench.start(run(a_call()))
    seen = [sent(bench)]
    for _ in range(3):
        bench.port.advance(1.0)
        seen.append(sent(bench))
    assert seen == [1, 2, 3, 3]


def test_who_would_wait_too_long_is_refused_and_takes_nothing() -> None:
    bench, run = limited(max_wait="1s")
    for _ in range(5):
        bench.start(run(a_call()))
    assert bench.ends == [(TOO_MANY, None)] * 3
    bench.port.advance(2.0)
    bench.start(run(a_call()))
    assert sent(bench) == 3


def test_who_leaves_while_waiting_gives_the_token_back() -> None:
    bench, run = limited()
    bench.start(run(a_call()))
    for _ in range(5):
        bench.start(run(a_call())).cancel()
    bench.start(run(a_call()))
    bench.port.advance(1.0)
    assert sent(bench) == 2


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (OK, "succeeded"),
        (Outcome("status", status=429), "throttled"),
        (Outcome("status", status=529), "throttled"),
        (Outcome("status", status=400), ""),
        (Outcome("timeout", "read"), ""),
    ],
    ids=str,
)
def test_what_it_tells_its_limiter(outcome: Outcome, told: str) -> None:
    bench, run = limited(by={"kind": "aimd", "rate": "10/s", "hold": "0s"})
    bench.start(run(a_call()))
    [pending] = bench.port.open
    pending.answer(outcome)
    for _ in range(30):
        bench.start(run(a_call()))
    last = max(pending.due or 0.0 for pending in bench.port.open)
    as_it_was = 30 / 10.0
    assert {
        "": last == pytest.approx(as_it_was),
        "succeeded": last < as_it_was - 0.01,
        "throttled": last > 1.5 * as_it_was,
    }[told]
