"""Synthetic logs of a known distribution: what is fitted holds it, as often as it says."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from brownout.harness.latencies.fit import fit
from brownout.harness.latencies.survival import Seen, TooFewData, survival

MEDIAN, SIGMA = 4.0, 0.6


def log_of(seed: int, count: int, limit: float, hangs: float = 0.0) -> list[Seen]:
    """Calls that are given up at the limit."""
    draws = np.random.default_rng(seed)
    times = np.exp(math.log(MEDIAN) + SIGMA * draws.standard_normal(count))
    times[draws.random(count) < hangs] = math.inf
    return [Seen(min(float(time), limit), bool(time <= limit)) for time in times]


def limit_of(censored: float) -> float:
    """At which so many are given up."""
    from statistics import NormalDist

    return MEDIAN * math.exp(SIGMA * NormalDist().inv_cdf(1.0 - censored))


def covered(count: int, hangs: float, censored: float, logs: int) -> Iterator[tuple[bool, bool, bool]]:
    for seed in range(logs):
        found = fit(log_of(seed, count, limit_of(censored), hangs))
        intervals = ((found.median, MEDIAN), (found.sigma, SIGMA), (found.hangs, hangs))
        yield tuple(_low(i.low) <= truth <= _high(i.high) for i, truth in intervals)  # type: ignore[misc]


def _low(bound: float | None) -> float:
    return -math.inf if bound is None else bound


def _high(bound: float | None) -> float:
    return math.inf if bound is None else bound


@pytest.mark.slow
def test_parameters_lie_within_their_intervals_at_the_nominal_rate() -> None:
    """Of 200 logs with 5% given up, at least 180 and not all: 190 are expected, and the binomial's own spread is 3."""
    found = list(covered(count=500, hangs=0.0, censored=0.05, logs=200))
    for which in (0, 1):
        assert 178 <= sum(each[which] for each in found) <= 200


@pytest.mark.slow
def test_so_does_the_share_that_hangs() -> None:
    found = list(covered(count=1000, hangs=0.05, censored=0.005, logs=100))
    for which in (0, 1, 2):
        assert 88 <= sum(each[which] for each in found) <= 100


def test_who_takes_a_timeout_for_a_latency_finds_a_shorter_tail() -> None:
    """A quarter given up: the fit knows that they took longer."""
    log = log_of(1, 2000, limit_of(0.25))
    found = fit(log)
    as_latencies = fit([Seen(call.seconds) for call in log])
    left_out = fit([call for call in log if call.is_whole])
    assert found.quantile(0.99) == pytest.approx(limit_of(0.01), rel=0.15)
    assert as_latencies.quantile(0.99) < 0.85 * limit_of(0.01)
    assert left_out.quantile(0.99) < 0.75 * limit_of(0.01)


def test_a_good_fit_is_near_and_a_bad_one_is_not() -> None:
    assert fit(log_of(1, 1000, 1e9)).distance < 0.05
    two_humps = [Seen(1.0 + 0.001 * i) for i in range(500)] + [Seen(30.0 + 0.001 * i) for i in range(500)]
    assert fit(two_humps).distance > 0.15


def test_too_few_calls_are_told() -> None:
    with pytest.raises(
        ValueError, match="too few data: a distribution needs at least 20 calls that ended, there are 5"
    ):
        fit(log_of(1, 5, 1e9))
    with pytest.raises(TooFewData, match="too few data: p99 needs at least 299 calls, there are 298"):
        survival(log_of(1, 298, 1e9)).quantile(0.99)
    assert survival(log_of(1, 299, 1e9)).quantile(0.99)[0] > 0


def test_survival_by_hand() -> None:
    """Five calls; one is given up after 2 s, at which time four are left."""
    found = survival([Seen(1.0), Seen(2.0, is_whole=False), Seen(3.0), Seen(3.0), Seen(4.0)])
    assert found.times == (1.0, 3.0, 4.0)
    assert found.shares == pytest.approx((4 / 5, 4 / 5 * 1 / 3, 0.0))
    assert [found.after(at) for at in (0.5, 1.0, 2.5, 9.0)] == pytest.approx([1.0, 0.8, 0.8, 0.0])


def test_what_was_given_up_leaves_a_quantile_open() -> None:
    assert survival(log_of(1, 400, limit_of(0.05))).quantile(0.99)[0] == math.inf


def test_a_quantile_lies_within_its_interval_at_the_nominal_rate() -> None:
    """Of 100 logs 95 are expected."""
    truth = limit_of(0.1)
    found = [survival(log_of(seed, 400, limit_of(0.05))).quantile(0.9) for seed in range(100)]
    assert all(low <= value <= high for value, low, high in found)
    assert 88 <= sum(low <= truth <= high for _, low, high in found) <= 100
