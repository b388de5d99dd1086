"""The BCa interval of a mean: against SciPy's, by hand where it is short, and what must not matter to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics import Interval, student
from brownout.harness.statistics.bootstrap import _bounds, _share, bca

figures = st.lists(st.integers(-1000, 1000).map(lambda n: n / 64), min_size=6, max_size=14)
MICE = [94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0]
"""Survival of treated mice, in days (Efron and Tibshirani, 1993, table 2.1)."""
SKEWED = [0.1, 0.2, 0.2, 0.3, 0.4, 0.6, 0.9, 1.5, 2.8, 6.0]


@pytest.mark.parametrize("values", [MICE, SKEWED, [-x for x in SKEWED]])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_resampled_part_is_that_of_scipy(values: list[float], level: float) -> None:
    """Without the expansion for few runs it is plain BCa; both are resampled, so within 4% of the interval's width."""
    data = np.array(values)
    low, high = _bounds(data - data.mean(), scipy.stats.norm.ppf((1 + level) / 2))
    rng = np.random.default_rng(1)
    theirs = scipy.stats.bootstrap(
        (data,), np.mean, confidence_level=level, n_resamples=40_000, method="BCa", rng=rng
    ).confidence_interval
    assert [low + data.mean(), high + data.mean()] == pytest.approx(list(theirs), abs=0.04 * (theirs.high - theirs.low))


def test_bounds_by_formula() -> None:
    """Bias 0.1, acceleration 0.05, z 1.96: Phi(0.1 + 2.06 / (1 - 0.103)) = 0.9918 (Efron, 1987, 2.3)."""
    assert _share(2.06, 0.1, 0.05) == pytest.approx(scipy.stats.norm.cdf(0.1 + 2.06 / 0.897))
    assert _share(-1.86, 0.1, 0.05) == pytest.approx(scipy.stats.norm.cdf(0.1 - 1.86 / 1.093))


def test_nothing_lies_past_the_pole() -> None:
    """At levels no six figures can hold the correction divides by nothing: then the bound is the last resample."""
    assert _share(8.0, 0.0, 0.125) == _share(9.0, 0.0, 0.125) == 1.0
    assert _share(-8.0, 0.0, -0.125) == 0.0
    interval = bca([0.0, 0.0, 0.0, 0.0, 0.0, 1.0], level=0.999999)
    assert interval.high is not None
    assert interval.high >= 1.0


def test_it_leans_as_the_figures_do() -> None:
    """Of figures with a long right tail the bound above is the further one, further than Student's."""
    ours, plain = bca(SKEWED), student(SKEWED)
    assert ours.low == plain.low
    assert ours.high is not None
    assert plain.high is not None
    assert ours.high > plain.high + 0.2


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.7], [0.5, 0.7, 0.9], [1.0, 2.0, 3.0, 4.0, 9.0]])
def test_few_runs_are_left_to_student(values: list[float]) -> None:
    assert bca(values) == student(values)


@pytest.mark.parametrize("value", [0.0, 0.1, -3.0, 1e-300, 1e300])
@pytest.mark.parametrize("runs", [6, 7, 10])
def test_equal_figures_are_certain(value: float, runs: int) -> None:
    interval = bca([value] * runs)
    assert interval == Interval(interval.mean, interval.mean, interval.mean)
    assert interval.mean == pytest.approx(value)


def test_what_rounding_leaves_is_no_spread() -> None:
    interval = bca([0.1 + 0.2] * 5 + [0.3])
    assert interval.low == interval.high


@pytest.mark.parametrize("runs", [1, 3, 6, 10])
@pytest.mark.parametrize("odd", [math.inf, -math.inf, math.nan])
def test_only_finite_figures(runs: int, odd: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        bca([1.0] * (runs - 1) + [odd])


def test_no_figures() -> None:
    with pytest.raises(ValueError, match="finite"):
        bca([])


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="holds"):
        bca(MICE, level)


@given(figures, st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999]))
def test_the_mean_is_inside(values: list[float], level: float) -> None:
    interval = bca(values, level)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low <= interval.mean <= interval.high


@given(figures)
def test_a_higher_level_is_wider(values: list[float]) -> None:
    bounds = [bca(values, level) for level in (0.8, 0.95, 0.99)]
    lows, highs = [each.low or 0.0 for each in bounds], [each.high or 0.0 for each in bounds]
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs)


@given(figures, st.randoms(use_true_random=False))
def test_the_order_of_runs_is_irrelevant(values: list[float], random: st.DataObject) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    assert bca(shuffled) == bca(values)


@given(figures, st.integers(-64, 64), st.sampled_from([0.001, 0.5, 3.0, 1e6]))
def test_it_moves_and_stretches_with_the_figures(values: list[float], shift: int, factor: float) -> None:
    """Seconds or milliseconds, before or after a constant: the same interval, but for rounding."""
    plain, moved = bca(values), bca([factor * (value + shift) for value in values])
    size = factor * 100
    assert moved.low == pytest.approx(factor * ((plain.low or 0.0) + shift), abs=1e-9 * size, rel=1e-6)
    assert moved.high == pytest.approx(factor * ((plain.high or 0.0) + shift), abs=1e-9 * size, rel=1e-6)


@given(figures)
def test_it_turns_around_with_the_figures(values: list[float]) -> None:
    """What A has over B is what B lacks to A: no verdict depends on who is subtracted from whom."""
    plain, turned = bca(values), bca([-value for value in values])
    assert turned.low == pytest.approx(-(plain.high or 0.0), abs=1e-9)
    assert turned.high == pytest.approx(-(plain.low or 0.0), abs=1e-9)


@given(st.lists(st.integers(1, 1000).map(lambda n: n / 64), min_size=3, max_size=7))
def test_symmetric_figures_have_a_symmetric_interval(half: list[float]) -> None:
    interval = bca(half + [-value for value in half])
    assert interval.mean == pytest.approx(0.0, abs=1e-12)
    assert interval.low == pytest.approx(-(interval.high or 0.0), rel=1e-6)
