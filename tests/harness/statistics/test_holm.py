"""Adjusted p-values: by hand, and what Holm's procedure promises of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics.holm import holm

families = st.dictionaries(st.integers(), st.floats(0.0, 1.0), max_size=12)


def test_by_hand() -> None:
    """4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 no less than the one before it: as `p.adjust` of R prints them."""
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert found == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert list(found) == ["a", "b", "c", "d"]


def test_one_or_none() -> None:
    assert holm({}) == {}
    assert holm({("a", "b"): 0.2}) == {("a", "b"): 0.2}


@given(families)
def test_never_below_what_it_was_nor_above_bonferroni(p_values: dict[int, float]) -> None:
    for key, adjusted in holm(p_values).items():
        assert p_values[key] <= adjusted <= min(1.0, len(p_values) * p_values[key])


@given(families)
def test_order_stays(p_values: dict[int, float]) -> None:
    found = holm(p_values)
    by_raw = [found[key] for key in sorted(p_values, key=p_values.__getitem__)]
    assert by_raw == sorted(by_raw)
    assert holm(dict(reversed(p_values.items()))) == found


@given(families, st.floats(0.001, 0.5))
def test_the_same_are_rejected_as_step_by_step(p_values: dict[int, float], level: float) -> None:
    """The procedure as published: from the smallest on, until one exceeds level / (number left)."""
    rejected = set()
    for place, (key, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        if (len(p_values) - place) * p > level:
            break
        rejected.add(key)
    assert {key for key, p in holm(p_values).items() if p <= level} == rejected


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_only_probabilities(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm({"a": 0.5, "b": p})
