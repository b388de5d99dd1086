"""Quantiles of a histogram, beside exact ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.monitoring.histograms import LONGEST, PRECISION, SHORTEST, Histogram

SECONDS = st.floats(0.0, 2 * LONGEST)
SHARES = (0.5, 0.95, 0.99)


def histogram(values: list[float]) -> Histogram:
    found = Histogram()
    for value in values:
        found.record(value)
    return found


def by_nearest_rank(values: list[float], share: float) -> float:
    return sorted(values)[max(1, int(share * len(values) + 0.5)) - 1]


@given(st.lists(SECONDS, min_size=1, max_size=60))
def test_quantiles_are_not_below_the_exact_ones_and_hardly_above(values: list[float]) -> None:
    kept = [min(max(value, SHORTEST), LONGEST) for value in values]
    for share, found in zip(SHARES, histogram(values).quantiles(SHARES), strict=True):
        exact = by_nearest_rank(kept, share)
        assert exact <= found * (1 + 1e-12)
        assert found <= exact * (1 + PRECISION) + SHORTEST


@given(st.lists(SECONDS, max_size=30), st.lists(SECONDS, min_size=1, max_size=30))
def test_two_put_together_are_the_histogram_of_all(first: list[float], second: list[float]) -> None:
    together = histogram(first)
    together.add(histogram(second))
    assert together.quantiles(SHARES) == histogram(first + second).quantiles(SHARES)


@pytest.mark.parametrize(("seconds", "kept"), [(0.0, SHORTEST), (1e-9, SHORTEST), (1e9, LONGEST)])
def test_what_lies_beyond_the_ends_counts_as_the_end(seconds: float, kept: float) -> None:
    [found] = histogram([seconds]).quantiles([0.5])
    assert found == pytest.approx(kept)
