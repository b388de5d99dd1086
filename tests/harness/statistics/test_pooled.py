"""Quantiles of all calls: the pool's own by definition, bounds against brute force, and when there are none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.metrics import quantile
from brownout.harness.statistics.empirical import Empirical
from brownout.harness.statistics.pooled import QuantileInterval, _resampled, pooled_quantile, values_needed
from brownout.harness.statistics.resampling import expanded_tail, indices

latencies = st.one_of(st.integers(0, 50).map(lambda n: n / 8), st.just(math.inf))
cells = st.lists(st.lists(latencies, min_size=1, max_size=12).map(sorted), min_size=3, max_size=6)
shares = st.sampled_from([0.01, 0.25, 0.5, 0.9, 0.95, 0.99])


def _arrays(runs: list[list[float]]) -> list[np.ndarray]:
    return [np.array(run, dtype=float) for run in runs]


def pooled(runs: Sequence[np.ndarray], *args: Any, **more: Any) -> QuantileInterval:
    return pooled_quantile(list(map(Empirical.of, runs)), *args, **more)


@pytest.mark.parametrize(
    ("q", "level", "needed"),
    [(0.99, 0.95, 299), (0.999, 0.95, 2995), (0.95, 0.95, 59), (0.5, 0.95, 5), (0.01, 0.95, 299), (0.99, 0.99, 459)],
)
def test_values_needed(q: float, level: float, needed: int) -> None:
    """Of so many values the largest exceeds the quantile with that probability, of one fewer not quite."""
    assert values_needed(q, level) == needed
    assert 1 - max(q, 1 - q) ** needed >= level > 1 - max(q, 1 - q) ** (needed - 1)


@given(cells, shares)
def test_the_quantile_is_that_of_the_metrics(runs: list[list[float]], q: float) -> None:
    assert pooled(_arrays(runs), q).value == quantile(sorted(chain.from_iterable(runs)), q)


@given(cells, shares, st.sampled_from([0.8, 0.95]))
def test_bounds_are_those_of_brute_force(runs: list[list[float]], q: float, level: float) -> None:
    """Every resample pooled and sorted, and the same quantile taken of what comes out."""
    arrays, tail = list(map(Empirical.of, _arrays(runs))), expanded_tail(len(runs), level)
    found = sorted(
        quantile(sorted(chain.from_iterable(runs[i] for i in drawn)), q) for drawn in indices(len(runs), 200)
    )
    low, high = _resampled(arrays, Empirical.pooled(arrays), q, tail, 200)
    assert (low, high) == (_reached(found, tail), _reached(found, 1 - tail))


def _reached(ordered: list[float], share: float) -> float:
    return next(value for value in ordered if sum(each <= value for each in ordered) / len(ordered) >= share)


@given(cells, shares)
def test_the_quantile_is_inside(runs: list[list[float]], q: float) -> None:
    found = pooled(_arrays(runs), q, resamples=500)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


@given(cells, shares, st.sampled_from([0.5, 4.0]), st.integers(0, 8))
def test_it_moves_and_stretches_with_the_values(runs: list[list[float]], q: float, factor: float, shift: float) -> None:
    """Exactly, as bounds are values that were seen; infinity stays what it is."""
    plain = pooled(_arrays(runs), q, resamples=500)
    moved = pooled([factor * (run + shift) for run in _arrays(runs)], q, resamples=500)
    assert plain.low is not None
    assert plain.high is not None
    expected = [factor * (each + shift) for each in (plain.value, plain.low, plain.high)]
    assert [moved.value, moved.low, moved.high] == expected


def test_woodruff_by_hand() -> None:
    """Three runs of 100: 48, 50 and 52 values up to the median, 150 in all, so that the share is sure to 2.87 / 150.

    Excess -2, 0, 2: deviation 2; 4.3027 x 2 x sqrt(3) / 300 = 0.0497, from the 136th to the 165th value of 300. Of
    resamples of the three none leaves their own medians, which lie within.
    """
    runs = [np.concatenate((np.arange(n) * 0.01, 1 + np.arange(100 - n) * 0.01)) for n in (48, 50, 52)]
    pool = np.sort(np.concatenate(runs))
    found = pooled(runs, 0.5)
    medians = sorted(run[49] for run in runs)
    assert found.value == pool[149]
    assert found.low == min(pool[math.ceil(300 * (0.5 - 0.049683)) - 1], medians[0])
    assert found.high == max(pool[math.ceil(300 * (0.5 + 0.049683)) - 1], medians[-1])


def test_runs_alike_leave_no_doubt() -> None:
    run = np.arange(100.0)
    assert pooled([run] * 10, 0.5) == QuantileInterval(49.0, 49.0, 49.0)


@pytest.mark.parametrize("runs", [1, 2])
def test_no_bounds_of_two_runs(runs: int) -> None:
    assert pooled([np.arange(100.0)] * runs, 0.5) == QuantileInterval(49.0, None, None)


def test_too_few_values_have_no_far_bound() -> None:
    """Ten runs of 29 calls say nothing of how large the p99 may be, of 30 they do; the p1 is open below."""
    assert pooled([np.arange(29.0)] * 10, 0.99) == QuantileInterval(28.0, 28.0, math.inf)
    assert pooled([np.arange(30.0)] * 10, 0.99) == QuantileInterval(29.0, 29.0, 29.0)
    assert pooled([np.arange(29.0)] * 10, 0.01) == QuantileInterval(0.0, -math.inf, 0.0)


def test_failures_make_it_infinite() -> None:
    """2% of calls failed in half the runs, none in the others: the p99 is 9 or infinite, as runs are drawn."""
    whole, broken = np.full(100, 9.0), np.array([9.0] * 97 + [math.inf] * 3)
    found = pooled([whole, broken] * 5, 0.99)
    assert (found.value, found.low, found.high) == (math.inf, 9.0, math.inf)
    assert pooled([broken] * 10, 0.99) == QuantileInterval(math.inf, math.inf, math.inf)


def test_a_run_weighs_what_it_has() -> None:
    """A run of 1,000 calls has a hundred times the say of one of 10; three so unlike leave the share quite unsure."""
    runs = [np.full(1000, 5.0), np.zeros(10), np.zeros(10)]
    assert pooled(runs, 0.5) == QuantileInterval(5.0, -math.inf, math.inf)


@pytest.mark.parametrize(
    "runs", [[], [[1.0], []], [[1.0, math.nan]], [[math.nan]], [[2.0, 1.0]], [[math.inf, 1.0], [1.0]]]
)
def test_only_sorted_values(runs: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="values"):
        pooled(_arrays(runs), 0.5)


@pytest.mark.parametrize(("q", "level"), [(0.0, 0.95), (1.0, 0.95), (0.5, 0.0), (0.5, 1.0), (math.nan, 0.95)])
def test_only_shares(q: float, level: float) -> None:
    with pytest.raises(ValueError, match="share"):
        pooled([np.arange(9.0)] * 3, q, level)
