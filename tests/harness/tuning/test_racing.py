"""Who is left after so many runs under the same seeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.tuning.racing import best, is_worse, rungs, survivors

NOISE = [0.3, -0.2, 0.1, -0.4, 0.25, 0.0, -0.1, 0.05]


@pytest.mark.parametrize(
    ("most", "expected"), [(2, [2]), (3, [2, 3]), (8, [2, 4, 8]), (16, [2, 4, 8, 16]), (20, [2, 4, 8, 16, 20])]
)
def test_rungs_double(most: int, expected: list[int]) -> None:
    assert rungs(most) == expected


def test_common_noise_hides_nothing() -> None:
    """A tenth more under every seed is seen, though the seeds differ by more."""
    one = [1.0 + noise for noise in NOISE]
    assert is_worse([loss + 0.1 for loss in one], one)
    assert not is_worse(one, [loss + 0.1 for loss in one])
    assert not is_worse(one, one)


def test_noise_of_its_own_saves_who_may_be_as_good() -> None:
    one = [1.0] * 8
    assert not is_worse([1.0 + noise for noise in NOISE], one)


def test_half_go_on_at_most_and_the_best_always() -> None:
    losses = {str(i): [float(i)] * 4 for i in range(8)}
    assert survivors(losses) == ["0"]
    close = {str(i): [1.0 + (0.001 * i if j == i % 4 else 0.0) for j in range(4)] for i in range(8)}
    assert survivors(close)[0] == "0"
    assert len(survivors(close)) == 4


@given(st.dictionaries(st.integers(), st.lists(st.floats(-10, 10), min_size=4, max_size=4), min_size=1, max_size=12))
def test_the_leader_is_never_lost(losses: dict[int, list[float]]) -> None:
    left = survivors(losses)
    assert best(losses) == left[0]
    assert len(left) <= max(1, -(-len(losses) // 2))
