"""The randomization test: by hand, against SciPy's, and what must not matter to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics.randomization import sign_flip

differences = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=20)
DARWIN = [49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0]
"""Cross- less self-fertilised maize, in eighths of an inch (Fisher, 1935, The design of experiments, chapter III)."""


@pytest.mark.parametrize(
    ("values", "p"),
    [
        ([1.0], 1.0),
        ([1.0, 1.0], 0.5),
        ([1.0, 2.0, 3.0], 0.25),
        ([1.0, 2.0, -3.0], 1.0),
        ([3.0, 2.0, -1.0], 0.5),  # of sums 6, 4, 2, 0 and their negatives, each once, two of four are at least 4
        ([1.0] * 6, 2 / 64),
        ([1.0] * 14, 2 / 2**14),
        ([0.1, 0.2, -0.3], 1.0),  # the sum is 0 but for rounding
        ([1e300, 1e300, 1e-300], 0.5),
    ],
)
def test_by_hand(values: list[float], p: float) -> None:
    assert sign_flip(values) == p


def test_darwins_maize() -> None:
    """Fisher found 1,726 of 32,768 at least as far: 5.267%. Fifteen differences are drawn, so within chance of it."""
    drawn = sign_flip(DARWIN)
    assert drawn == pytest.approx(1726 / 32768, abs=4 * math.sqrt(0.0527 * 0.9473 / 2**14))


@pytest.mark.parametrize("size", [2, 5, 9, 13])
def test_as_scipy_has_it(size: int) -> None:
    values = np.random.default_rng(size).normal(loc=0.4, size=size)
    theirs = scipy.stats.permutation_test(
        (values, np.zeros(size)), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=np.inf
    )
    assert sign_flip(values.tolist()) == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("runs", [15, 20, 48, 49, 100])
def test_a_clear_difference_of_many_runs(runs: int) -> None:
    """What was seen counts as one: never 0."""
    assert sign_flip([1.0] * runs) == pytest.approx(1 / (2**14 + 1), rel=2.1)


@given(differences)
def test_zeros_change_nothing(values: list[float]) -> None:
    assert sign_flip([*values, 0.0, 0.0]) == sign_flip(values)


def test_no_difference_at_all() -> None:
    assert sign_flip([0.0] * 5) == sign_flip([-0.0]) == 1.0


@given(differences, st.randoms(use_true_random=False))
def test_order_direction_and_unit_are_irrelevant(values: list[float], random: st.DataObject) -> None:
    p = sign_flip(values)
    shuffled = list(values)
    random.shuffle(shuffled)
    assert sign_flip(shuffled) == p
    assert sign_flip([-value for value in values]) == p
    assert sign_flip([1000 * value for value in values]) == p
    assert 0.0 < p <= 1.0


@pytest.mark.parametrize("values", [[], [1.0, math.inf], [math.nan]])
def test_only_finite_differences(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        sign_flip(values)
