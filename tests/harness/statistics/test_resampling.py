"""What resamples are made of: always the same, every run alike, mirrored, and left out in the right share."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t

from brownout.harness.statistics.resampling import RESAMPLES, expanded_tail, indices, multiplicities


def test_resamples_are_pinned() -> None:
    """The draws are by label: these runs on every machine, in every version, or published intervals would move."""
    assert indices(5, 4).tolist() == [[3, 4, 0, 1, 4], [1, 3, 2, 3, 0], [1, 0, 4, 3, 0], [3, 1, 2, 1, 4]]


def test_resamples_are_made_once() -> None:
    assert indices(10) is indices(10)
    assert multiplicities(10) is multiplicities(10)
    assert indices(10).shape == multiplicities(10).shape == (RESAMPLES, 10)


def test_nobody_writes_into_what_is_shared() -> None:
    with pytest.raises(ValueError, match="read-only"):
        indices(10)[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        multiplicities(10)[0, 0] = 1


def test_multiplicities_count_indices() -> None:
    for row, counts in zip(indices(4, 50), multiplicities(4, 50), strict=True):
        assert np.bincount(row, minlength=4).tolist() == counts.tolist()


@pytest.mark.parametrize("runs", [1, 2, 6, 30])
def test_every_run_is_drawn_alike(runs: int) -> None:
    """Shares of runs differ by no more than chance allows; no place of a resample prefers a run."""
    drawn = indices(runs)
    shares = np.bincount(drawn.ravel(), minlength=runs) / drawn.size
    assert shares == pytest.approx(1 / runs, abs=5 / np.sqrt(runs * drawn.size))
    assert drawn.mean(axis=0) == pytest.approx((runs - 1) / 2, abs=5 * runs / np.sqrt(12 * RESAMPLES))


def test_halves_mirror_each_other() -> None:
    drawn = indices(7, 10)
    assert (drawn[:5] + drawn[5:] == 6).all()


def test_an_odd_number_of_resamples() -> None:
    assert indices(3, 5).shape == (5, 3)


@pytest.mark.parametrize(("runs", "resamples"), [(0, 10), (3, 0)])
def test_nothing_to_resample(runs: int, resamples: int) -> None:
    with pytest.raises(ValueError, match="no resamples"):
        indices(runs, resamples)


@pytest.mark.parametrize(("runs", "level"), [(2, 0.95), (6, 0.95), (10, 0.99), (30, 0.9), (500, 0.95)])
def test_tails_are_those_of_hesterberg(runs: int, level: float) -> None:
    point = t.ppf((1 + level) / 2, runs - 1) * np.sqrt(runs / (runs - 1))
    assert expanded_tail(runs, level) == pytest.approx(norm.cdf(-point), rel=1e-6)


def test_tails_of_one_run() -> None:
    with pytest.raises(ValueError, match="one run"):
        expanded_tail(1, 0.95)
