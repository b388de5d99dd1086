"""P-values smaller than draws can show: never below the exact ones, seldom far above, and no floor."""

from __future__ import annotations

import math
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.harness.statistics.beyond import of_all, of_divisions, of_signs
from brownout.harness.statistics.difference import fewest_runs, paired, unpaired
from brownout.harness.statistics.permutation import EXACT_TO, least_p, permutation

figures = st.lists(st.integers(-30, 60).map(float), min_size=1, max_size=10)
groups = st.lists(st.integers(0, 40).map(float), min_size=1, max_size=6)


@settings(deadline=None)
@given(figures)
def test_signs_are_never_told_too_seldom(differences: list[float]) -> None:
    """Against all assignments; what is exact is so where no other is as far."""
    seen = math.fsum(differences)
    if seen <= 0.0:
        return
    exact = float(np.mean([math.fsum(each) >= seen - 1e-9 for each in product(*((-d, d) for d in differences))]))
    found = of_signs(np.array(differences))
    assert exact * (1 - 1e-6) <= found <= max(12 * exact, 0.5 ** len(differences))
    if min(differences) > 0.0:
        assert found == pytest.approx(exact)


@settings(deadline=None)
@given(groups, groups)
def test_divisions_are_never_told_too_seldom(these: list[float], those: list[float]) -> None:
    """Against all divisions."""
    pool = np.array(these + those)
    pool -= pool.mean()
    seen = math.fsum(pool[: len(these)])
    if seen <= 1e-9:
        return
    pool, seen = pool / np.abs(pool).max(), seen / float(np.abs(pool).max())
    chosen = np.array(list(combinations(range(len(pool)), len(these))))
    exact = float(np.mean(pool[chosen].sum(axis=1) >= seen - 1e-9))
    found = of_divisions(np.sort(pool), len(these), seen)
    assert exact * (1 - 1e-6) <= found <= 15 * exact
    if min(these) > max(those):
        assert found == pytest.approx(exact)


def test_one_outlier_in_a_small_group_is_not_taken_for_a_tail() -> None:
    """Where a normal tail would be wrong by a thousand times: four large figures, all in the group of ten."""
    pool = np.array([0.0] * 96 + [1.0] * 4) - 0.04
    exact = math.comb(10, 4) / math.comb(100, 4)
    assert exact <= of_divisions(pool, 10, 4 * 0.96 - 6 * 0.04) < 10 * exact


@pytest.mark.parametrize("is_paired", [True, False])
@pytest.mark.parametrize("comparisons", [819, 1_639, 5_000, 100_000])
def test_as_many_runs_as_are_named_can_tell(comparisons: int, is_paired: bool) -> None:
    """However many comparisons there are: the clearest of changes is sure with so many runs, and with no less."""
    runs = fewest_runs(comparisons, is_paired)
    for count in (runs - 1, runs, runs + 9):
        low, high = [0.5 * i for i in range(count)], [100.0 + i for i in range(count)]
        found = paired(low, high) if is_paired else unpaired(low, high)
        assert found.can_tell(comparisons) is (count >= runs)
        assert found.is_sure(min(1.0, found.p * comparisons)) is (count >= runs)


def test_more_evidence_is_never_less_sure() -> None:
    """From what draws show to what they do not there is no step up."""
    base = [math.sin(i) for i in range(40)]
    for compare in (unpaired, paired):
        found = [
            compare(base, [each + 0.1 * i * (1 + math.cos(j)) for j, each in enumerate(base)]).p for i in range(30)
        ]
        assert all(after <= before * 1.05 for before, after in pairwise(found))
        assert found[-1] < 1 / EXACT_TO / 1000


def test_hundreds_of_runs_take_little() -> None:
    """Divisions are not kept as floats: 500 runs and 500 were 800 MB."""
    these, those = [float(i % 7) for i in range(500)], [float(i % 7) + 0.05 * (i % 2) for i in range(500)]
    assert 0.3 < permutation(those, these) < 0.5
    assert least_p(1000, 1000) == of_all(1000, 1000) < 1e-300
    assert permutation([each + 9.0 for each in these], these) == pytest.approx(of_all(500, 500), rel=0.1)
