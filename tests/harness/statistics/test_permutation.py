"""The permutation test: by hand, against SciPy's, and what must not matter to it."""

from __future__ import annotations

import math

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics.permutation import EXACT_TO, least_p, permutation

groups = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("these", "those", "p"),
    [
        ([1.0], [0.0], 0.5),
        ([1.0, 2.0], [0.0, -1.0], 1 / 6),
        ([0.0, -1.0], [1.0, 2.0], 1.0),
        ([1.0, 1.0], [1.0], 1.0),
        ([3.0, 1.0], [2.0, 0.0], 2 / 6),  # 3 + 2 and 3 + 1 of the six pairs
        ([0.1 + 0.2, 5.0], [0.3, 5.0], 5 / 6),  # all but the two small ones together
        ([0.1 + 0.2], [0.3], 1.0),  # the same but for rounding
    ],
)
def test_by_hand(these: list[float], those: list[float], p: float) -> None:
    assert permutation(these, those) == pytest.approx(p)


@given(groups, groups)
def test_as_scipy(these: list[float], those: list[float]) -> None:
    """Where every division is tried."""
    if len(set(these + those)) == 1:
        assert permutation(these, those) == 1.0
        return
    theirs = scipy.stats.permutation_test(
        (these, those), lambda a, b: math.fsum(a) / len(a) - math.fsum(b) / len(b), vectorized=False,
        alternative="greater", n_resamples=10_000,
    ) if min(len(these), len(those)) > 1 else None  # fmt: skip
    if theirs is not None:
        assert permutation(these, those) == pytest.approx(theirs.pvalue)


@given(groups, groups, st.randoms(use_true_random=False))
def test_what_must_not_matter(these: list[float], those: list[float], random: object) -> None:
    """The order of runs, the unit, and a shift of all."""
    p = permutation(these, those)
    shuffled = sorted(these, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert permutation(shuffled, those) == p
    assert permutation([4.0 * each + 8.0 for each in these], [4.0 * each + 8.0 for each in those]) == p
    assert least_p(len(these), len(those)) <= p <= 1.0


def test_more_divisions_than_are_tried() -> None:
    """Some are drawn, the same in every test; what was seen counts as one of them."""
    these, those = [10.0 + i for i in range(10)], [float(i) for i in range(10)]
    assert math.comb(20, 10) > EXACT_TO
    assert permutation([100.0 + each for each in these], those) == pytest.approx(1 / math.comb(20, 10))
    assert least_p(10, 10) == pytest.approx(1 / math.comb(20, 10))
    near = [0.3 + 1.01 * each for each in those]
    theirs = scipy.stats.permutation_test(
        (near, those), lambda a, b, axis: a.mean(axis) - b.mean(axis), vectorized=True, alternative="greater",
        n_resamples=20_000,
    )  # fmt: skip
    assert permutation(near, those) == pytest.approx(theirs.pvalue, abs=0.02)
    assert permutation(near, those) == permutation(near[::-1], those[::-1])


@pytest.mark.parametrize(("these", "those"), [([], [1.0]), ([1.0], []), ([math.inf], [1.0]), ([1.0], [math.nan])])
def test_refuses(these: list[float], those: list[float]) -> None:
    with pytest.raises(ValueError, match="needs finite figures in both groups"):
        permutation(these, those)
