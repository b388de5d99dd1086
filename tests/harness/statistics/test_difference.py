"""Two groups of runs: the difference, its interval, its test, infinite figures, and what it takes to tell."""

from __future__ import annotations

import math

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics.difference import Difference, fewest_runs, paired, unpaired
from brownout.harness.statistics.randomization import sign_flip

NEVER = math.inf
BEFORE = [10.0, 12.0, 11.0, 13.0, 9.0, 10.5]
AFTER = [12.0, 14.5, 13.0, 15.0, 11.5, 12.0]


def test_paired_is_one_sided() -> None:
    """Half of the two-sided p where there is more, and no evidence at all where there is less."""
    more, less = paired(BEFORE, AFTER), paired(AFTER, BEFORE)
    assert more.p == sign_flip([b - a for a, b in zip(BEFORE, AFTER, strict=True)]) / 2 == 1 / 64 == more.least_p
    assert less.p == 1.0
    assert more.interval is not None
    assert more.interval.low is not None
    assert 0.0 < more.interval.low < more.mean == pytest.approx(12.5 / 6)


def test_unpaired_has_welchs_interval() -> None:
    found = unpaired(BEFORE, AFTER)
    theirs = scipy.stats.ttest_ind(AFTER, BEFORE, equal_var=False)
    assert found.interval is not None
    assert found.interval.mean == found.mean
    # Degrees of freedom are rounded down, which is on the safe side.
    assert found.interval.low == pytest.approx(theirs.confidence_interval(0.95).low, abs=0.03)
    assert found.interval.high == pytest.approx(theirs.confidence_interval(0.95).high, abs=0.03)
    assert found.error == pytest.approx(found.mean / theirs.statistic)


@pytest.mark.parametrize("compare", [paired, unpaired])
def test_what_is_the_same_is_the_same(compare: type[Difference]) -> None:
    """Infinite or not."""
    for values in ([3.0] * 6, [NEVER] * 6):
        found = compare(values, values)  # type: ignore[call-arg, arg-type]
        assert found.is_same
        assert (found.p, found.mean) == (1.0, 0.0)
        assert not found.is_sure(found.p)


@pytest.mark.parametrize(("before", "after"), [([1.0, 2.0, 3.0], [2.0]), ([2.0], [1.0, 2.0, 3.0]), ([1.0], [2.0])])
def test_one_run_has_no_spread(before: list[float], after: list[float]) -> None:
    """So that it is never the same as others that differ, and no number of runs is known that would tell."""
    found = unpaired(before, after)
    assert not found.is_same
    assert not found.has_spread
    assert found.runs_needed(1) is None
    assert not found.can_tell(1)
    assert unpaired([2.0, 2.0], [2.0]).is_same
    assert not paired([1.0], [2.0]).has_spread
    assert paired([1.0], [2.0]).runs_needed(1) is None


def test_infinite_figures_count_by_rank() -> None:
    """Wilcoxon's tests: an infinite figure is the largest there is, and there is no interval."""
    before, after = [10.0, 12.0, NEVER, 9.0, 11.0, 13.0, 8.0], [NEVER, 14.0, NEVER, 12.5, 15.0, NEVER, 9.5]
    pairs = paired(before, after)
    assert pairs.interval is None
    # Without the pair that is infinite twice six differences are left, all of one sign: 1 in 2**6.
    assert pairs.p == 1 / 64
    groups = unpaired(before, after)
    assert groups.interval is None
    theirs = scipy.stats.permutation_test(
        (scipy.stats.rankdata(before + after)[7:], scipy.stats.rankdata(before + after)[:7]),
        lambda a, b, axis: a.mean(axis) - b.mean(axis), vectorized=True, alternative="greater", n_resamples=10_000,
    )  # fmt: skip
    assert groups.p == pytest.approx(theirs.pvalue)
    assert pairs.is_sure(0.04)
    assert not pairs.is_sure(0.06)


runs = st.lists(st.integers(0, 40).map(float) | st.just(NEVER), min_size=1, max_size=7)


@given(runs, runs)
def test_nothing_is_not_a_number(before: list[float], after: list[float]) -> None:
    """Whatever is infinite."""
    least = min(len(before), len(after))
    for found in (unpaired(before, after), paired(before[:least], after[:least])):
        assert all(map(math.isfinite, (found.mean, found.spread, found.error, found.p)))
        assert found.least_p <= found.p <= 1.0
        assert found.can_tell(1) or not found.is_sure(found.p)
        needed = found.runs_needed(4)
        assert needed is None or needed >= fewest_runs(4, found.is_paired)
        assert found.detectable(4) is None or found.can_tell(4)


@pytest.mark.parametrize(
    ("comparisons", "is_paired", "runs"),
    [(0, True, 5), (1, True, 5), (2, True, 6), (3, True, 6), (4, True, 7), (60, True, 11), (1, False, 3),
     (2, False, 4), (3, False, 4), (4, False, 5), (60, False, 7)],
)  # fmt: skip
def test_the_fewest_runs(comparisons: int, is_paired: bool, runs: int) -> None:
    """With one less the clearest of changes is not surely one."""
    assert fewest_runs(comparisons, is_paired) == runs
    for count in (runs - 1, runs):
        low, high = [0.0] * count, [1.0 + i for i in range(count)]
        found = paired(low, high) if is_paired else unpaired([-each for each in high], high)
        assert found.can_tell(comparisons) is (count == runs)
        assert (found.is_sure(min(1.0, found.p * max(1, comparisons)))) is (count == runs)


def test_runs_needed_and_what_would_have_been_found() -> None:
    """More comparisons want more runs; a difference of the wrong sign is found by none."""
    found = paired([0.0] * 8, [-3.0, 4.0, 1.0, 2.0, -1.0, 5.0, 3.0, -2.0])
    one, many = found.runs_needed(1), found.runs_needed(20)
    assert one is not None
    assert many is not None
    assert 8 < one < many
    small, large = found.detectable(1), found.detectable(10)
    assert small is not None
    assert large is not None
    assert found.mean < small < large
    assert found.detectable(20) is None  # of twenty comparisons eight runs tell none
    assert paired([1.0] * 8, [0.0] * 8).runs_needed(1) is None
