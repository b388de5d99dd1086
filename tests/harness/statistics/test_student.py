"""Student's interval and points: against published tables, and how often the interval holds what it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics import median, student, t_point

TABLE = {
    1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228,
    11: 2.201, 12: 2.179, 13: 2.160, 14: 2.145, 15: 2.131, 16: 2.120, 17: 2.110, 18: 2.101, 19: 2.093, 20: 2.086,
    25: 2.060, 30: 2.042, 40: 2.021, 60: 2.000, 120: 1.980, 1_000_000: 1.960,
}  # fmt: skip
"""97.5% points of Student's t, as every textbook prints them."""


@pytest.mark.parametrize(("degrees", "point"), TABLE.items())
def test_points_of_student(degrees: int, point: float) -> None:
    """Right to a thousandth, from one degree of freedom to the normal limit."""
    assert t_point(degrees) == pytest.approx(point, abs=1e-3)


def test_points_fall_with_every_degree() -> None:
    """No step backwards where the short table ends and the expansion begins."""
    points = [t_point(degrees) for degrees in range(1, 200)]
    assert points == sorted(points, reverse=True)


def test_an_interval_by_hand() -> None:
    """Of 1, 2, 3, 4, 5: mean 3, standard error sqrt(2.5 / 5), four degrees of freedom."""
    half = 2.776445 * math.sqrt(2.5 / 5)
    interval = student([1, 2, 3, 4, 5])
    assert interval.mean == 3.0
    assert interval.low == pytest.approx(3 - half)
    assert interval.high == pytest.approx(3 + half)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.7]])
def test_no_interval_of_fewer_than_three_runs(values: list[float]) -> None:
    """Two runs say nothing of their spread that one should act on."""
    interval = student(values)
    assert interval.mean == pytest.approx(sum(values) / len(values))
    assert interval.low is interval.high is None
    assert not interval.excludes_zero


@pytest.mark.parametrize("values", [[], [1.0, math.inf, 2.0], [math.nan] * 3])
def test_only_finite_values_have_an_interval(values: list[float]) -> None:
    """An infinite run would make every bound infinite, and a missing one none."""
    with pytest.raises(ValueError, match="finite"):
        student(values)


@pytest.mark.parametrize(
    ("values", "excludes"),
    [
        ([1.0, 1.1, 0.9], True),
        ([-1.0, -1.1, -0.9], True),
        ([0.0, 0.0, 0.0], False),
        ([1.0, 1.0, 1.0], True),
        ([1.0, -1.0, 0.5], False),
        ([0.0, 0.0, 0.1], False),
    ],
)
def test_an_interval_that_excludes_zero(values: list[float], excludes: bool) -> None:
    """Both bounds lie on one side; equal runs are certain."""
    assert student(values).excludes_zero is excludes


@pytest.mark.parametrize("runs", [3, 5, 10])
def test_intervals_hold_the_truth_as_often_as_they_say(runs: int) -> None:
    """Of 5,000 experiments with normal data, 95% (within 2 points) have the true mean inside."""
    rng = np.random.default_rng(20_240_501 + runs)
    samples = rng.normal(loc=0.7, scale=0.2, size=(5_000, runs))
    intervals = [student(sample) for sample in samples.tolist()]
    held = sum(each.low <= 0.7 <= each.high for each in intervals if each.low is not None and each.high is not None)
    assert held / len(intervals) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("runs", [3, 5, 10])
def test_no_difference_is_rarely_taken_for_one(runs: int) -> None:
    """Two clients alike in truth, paired by seed in the same noisy world, are told apart in about 5% of comparisons."""
    rng = np.random.default_rng(7 + runs)
    world = rng.normal(scale=1.0, size=(5_000, runs))
    pairs = (world + rng.normal(scale=0.1, size=world.shape)) - (world + rng.normal(scale=0.1, size=world.shape))
    told = sum(student(differences).excludes_zero for differences in pairs.tolist())
    assert told / len(pairs) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(
    ("values", "middle"),
    [([3.0], 3.0), ([2.0, 1.0], 1.0), ([3.0, 1.0, 2.0], 2.0), ([math.inf, 1.0, 4.0, 2.0], 2.0)],
)
def test_the_lower_median(values: list[float], middle: float) -> None:
    """Of an even number of runs the lower one: an average with infinity would say nothing."""
    assert median(values) == middle


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_a_median_was_observed(values: list[float]) -> None:
    """It is one of the values, with no more than half of them below and no more than half above."""
    middle = median(values)
    assert middle in values
    assert sum(value < middle for value in values) <= len(values) / 2
    assert sum(value > middle for value in values) <= len(values) / 2
