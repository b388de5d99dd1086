"""Intervals of counts, held to SciPy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from brownout.harness.statistics.counted import rate, share


@given(st.integers(0, 500), st.floats(0.01, 1e4))
def test_a_rate_is_garwoods(events: int, over: float) -> None:
    found = rate(events, over)
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    assert math.isclose(found.low or 0.0, low / over, rel_tol=1e-6, abs_tol=1e-12)
    assert math.isclose(found.high or 0.0, chi2.ppf(0.975, 2 * events + 2) / 2 / over, rel_tol=1e-6)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_is_wilsons(counted: tuple[int, int]) -> None:
    found, theirs = share(*counted), binomtest(*counted).proportion_ci(method="wilson")
    assert math.isclose(found.low or 0.0, theirs.low, abs_tol=1e-9)
    assert math.isclose(found.high or 0.0, theirs.high, abs_tol=1e-9)


def test_nothing_counted_is_no_figure() -> None:
    with pytest.raises(ValueError, match="time"):
        rate(1, 0.0)
    with pytest.raises(ValueError, match="cases"):
        share(0, 0)
