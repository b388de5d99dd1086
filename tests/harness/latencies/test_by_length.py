"""Synthetic logs whose calls take (first + n * gap) * exp(sigma * Z): what is fitted holds it, as often as it says."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from brownout.harness.latencies.by_length import ByLength, fit_by_length
from brownout.harness.latencies.calls import Logged
from brownout.harness.latencies.lengths import POINTS, lengths
from brownout.harness.latencies.likelihood import likelihood, log_tail
from brownout.harness.latencies.survival import Seen, TooFewData
from brownout.harness.statistics import Interval

FIRST, GAP, SIGMA = 0.9, 0.016, 0.35
LIMIT = 15.75
"""After which 5% are given up."""
MOST = 1024


def log_of(
    seed: int, count: int = 500, limit: float = LIMIT, hangs: float = 0.0, says_most: bool = True
) -> list[Logged]:
    """Calls that are given up at the limit, and then have no length."""
    draws = np.random.default_rng(seed)
    tokens = np.minimum(np.exp(5.5 + 0.8 * draws.standard_normal(count)).astype(int) + 1, MOST)
    times = (FIRST + tokens * GAP) * np.exp(SIGMA * draws.standard_normal(count))
    times[draws.random(count) < hangs] = math.inf
    most = MOST if says_most else None
    return [
        Logged(Seen(min(float(time), limit), bool(time <= limit)), None, None, int(n) if time <= limit else None, most)
        for time, n in zip(times, tokens, strict=True)
    ]


def parameters(found: ByLength, hangs: float = 0.0) -> list[tuple[Interval, float]]:
    truth = (FIRST + MOST * GAP) * math.exp(SIGMA * NormalDist().inv_cdf(0.99))
    pairs = (found.first, FIRST), (found.gap, GAP), (found.sigma, SIGMA), (found.hangs, hangs)
    return [*pairs, (found.time(MOST), truth)]


def holds(interval: Interval, truth: float) -> bool:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low <= truth <= interval.high


def held(logs: list[list[Logged]], hangs: float = 0.0) -> list[int]:
    """In how many of the logs the interval of first, gap, sigma, the share that hangs and a p99 holds what is true."""
    found = [[holds(*each) for each in parameters(fit_by_length(log), hangs)] for log in logs]
    return [sum(each) for each in zip(*found, strict=True)]


def whole(log: list[Logged]) -> list[Logged]:
    return [call for call in log if call.latency.is_whole]


@pytest.mark.slow
def test_parameters_lie_within_their_intervals_at_the_nominal_rate() -> None:
    """Of 200 logs with 5% given up 190 are expected, and the binomial's own spread is 3; of a p99 187, for it moves
    with whether a share is found to hang. Without those that were given up, the long answers among them, tokens seem
    quicker than they are."""
    logs = [log_of(seed) for seed in range(200)]
    assert 0.04 < 1.0 - sum(len(whole(log)) for log in logs) / 100_000 < 0.06
    *counts, of_p99 = held(logs)
    assert all(180 <= count <= 200 for count in counts), counts
    assert of_p99 >= 176
    first, gap, _, _, p99 = held([whole(log) for log in logs])
    assert max(first, gap, p99) < 180


@pytest.mark.slow
def test_so_does_the_share_that_hangs() -> None:
    counts = held([log_of(seed, 1000, limit=60.0, hangs=0.03) for seed in range(100)], hangs=0.03)
    assert all(88 <= count <= 100 for count in counts), counts


def test_where_half_is_given_up_leaving_them_out_is_far_off() -> None:
    """Three times as few tokens as there are, by the calls that ended."""
    log = log_of(1, 4000, limit=5.0)
    found = fit_by_length(log)
    assert found.gap.mean == pytest.approx(GAP, rel=0.1)
    assert found.time(MOST).mean == pytest.approx(parameters(found)[-1][1], rel=0.1)
    assert fit_by_length(whole(log)).gap.mean < 0.75 * GAP


def test_the_likelihood_is_as_high_as_scipy_gets_it() -> None:
    """Written once more, as the sum over all lengths that a call may have, and climbed by another method."""
    calls = log_of(3, 300, says_most=False)
    log = lengths(calls)
    assert len(log.support) <= POINTS < len({call.output_tokens for call in whole(calls)})

    def loss(at: np.ndarray) -> float:
        first, gap, sigma = np.exp(at[:3])
        shares = np.exp(at[3:] - np.logaddexp.reduce(at[3:]))
        ended = norm.logpdf(log.seconds, np.log(first + gap * log.tokens), sigma).sum() + log.counts @ np.log(shares)
        longer = norm.sf(log.limits[:, None], np.log(first + gap * log.support), sigma)
        return -float(ended + log.weights @ np.log((longer * shares).sum(axis=1)))

    start = np.array([0.0, -4.0, -1.0, *np.log(log.counts)])
    reference = minimize(loss, start, method="L-BFGS-B", options={"maxfun": 200_000, "maxiter": 2000, "ftol": 1e-13})
    found = fit_by_length(calls)
    for part, value in zip((found.first, found.gap, found.sigma), np.exp(reference.x[:3]), strict=True):
        assert part.mean == pytest.approx(float(value), rel=2e-3)
    assert likelihood(reference.x, log, may_hang=False).value == pytest.approx(-reference.fun, rel=1e-9)


@pytest.mark.parametrize("may_hang", [False, True])
def test_slopes_and_curvatures_are_those_of_the_likelihood(may_hang: bool) -> None:
    log = lengths(log_of(1, 300, hangs=0.03))
    at = np.array([0.0, -4.0, -0.9, *([-3.0] if may_hang else []), *np.log(log.counts)])
    here, step = likelihood(at, log, may_hang), 1e-5 * np.eye(len(at))
    there = [(likelihood(at + each, log, may_hang), likelihood(at - each, log, may_hang)) for each in step]
    assert here.slope == pytest.approx(np.array([(up.value - down.value) / 2e-5 for up, down in there]), abs=1e-4)
    assert here.curvature == pytest.approx(np.array([(up.slope - down.slope) / 2e-5 for up, down in there]), abs=1e-4)


def test_tails_are_right_beyond_what_a_float_can_hold() -> None:
    z = np.array([-30.0, -1.0, 0.0, 4.99, 5.01, 30.0, 80.0])
    assert log_tail(z) == pytest.approx(norm.logsf(z), rel=1e-10)


def test_what_was_allowed_bounds_a_length() -> None:
    """Of a call that was given up, whatever had come of it; the shortest stands for those shorter than any."""
    ended = [Logged(Seen(1.0 + n), None, None, n, None) for n in range(10, 30)]
    given_up = [Logged(Seen(9.0, False), None, None, *each) for each in ((None, 12), (25, None), (0, 5), (3, 12))]
    log = lengths([*ended, *given_up])
    assert [list(np.flatnonzero(row) + 10) for row in log.may_be] == [[10, 11, 12], [*range(10, 30)], [10]]
    assert list(log.weights) == [2.0, 1.0, 1.0]


def test_many_moments_of_giving_up_are_as_good_as_one() -> None:
    """As when callers leave: they are rounded, and two thirds of the calls are among them."""
    calls = log_of(1, 6000, limit=math.inf, says_most=False)
    draws = np.random.default_rng(2)
    limits = [float(each) for each in 3.0 * np.exp(draws.standard_normal(len(calls)))]
    found = fit_by_length(
        [
            call if call.latency.seconds <= limit else Logged(Seen(limit, False), None, None, 7, MOST)
            for call, limit in zip(calls, limits, strict=True)
        ]
    )
    assert found.gap.mean == pytest.approx(GAP, rel=0.1)
    assert found.first.mean == pytest.approx(FIRST, rel=0.1)
    assert found.sigma.mean == pytest.approx(SIGMA, rel=0.1)


def test_a_service_without_a_first_token_is_no_trouble() -> None:
    """Nothing of a call's time is left for it, and its interval says so."""
    draws = np.random.default_rng(5)
    tokens = draws.integers(100, 900, 400)
    times = tokens * GAP * np.exp(0.3 * draws.standard_normal(400))
    found = fit_by_length(
        [Logged(Seen(float(t)), None, None, int(n), None) for t, n in zip(times, tokens, strict=True)]
    )
    assert found.first.low is not None
    assert found.first.low < 0.1
    assert found.gap.mean == pytest.approx(GAP, rel=0.1)
    assert found.distance < 0.08


def test_too_few_calls_are_told() -> None:
    with pytest.raises(TooFewData, match="20 calls that ended with output_tokens are needed, there are 19"):
        fit_by_length(whole(log_of(1))[:19])
