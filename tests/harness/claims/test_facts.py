"""Lines that are true, false or open after so many runs."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.claims.facts import Side, Values, parse

ONE = Side("goodput", "one", "")
OTHER = Side("goodput", "other", "")


def of(**figures: Sequence[float]) -> Values:
    """By the client's name."""
    return lambda side: figures[side.client]


@pytest.mark.parametrize(
    ("text", "is_less", "right", "factor", "more"),
    [
        ("goodput of one >= 99%", False, None, 0.0, 0.99),
        ("goodput of one  <=  20%", True, None, 0.0, 0.2),
        ("goodput of one >= goodput of other", False, OTHER, 1.0, 0.0),
        ("goodput of one >= goodput of other + 5%", False, OTHER, 1.0, 0.05),
        ("goodput of one <= goodput of other - 5%", True, OTHER, 1.0, -0.05),
        ("goodput of one >= 1.5 x goodput of other", False, OTHER, 1.5, 0.0),
        ("goodput of one >= 2 x goodput of other - 10%", False, OTHER, 2.0, -0.1),
    ],
)
def test_what_a_line_says(text: str, is_less: bool, right: Side | None, factor: float, more: float) -> None:
    fact = parse(text)
    assert (fact.left, fact.is_less, fact.right, fact.factor) == (ONE, is_less, right, factor)
    assert fact.more == pytest.approx(more)
    assert parse(fact.text) == fact


def test_a_side_may_name_its_scenario_and_any_quantile() -> None:
    fact = parse("p99(latency) of a in calm <= p99(latency) of b in storm - 3s")
    assert fact.sides == (Side("p99(latency)", "a", "calm"), Side("p99(latency)", "b", "storm"))
    assert fact.more == -3.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("goodput >= 99%", "expected a line such as"),
        ("goodput of one > 99%", "expected a line such as"),
        ("goodput of one >= 99", "99"),
        ("goodputt of one >= 99%", 'there is no metric "goodputt"'),
        ("goodput of one >= rtt of other", 'there is no metric "rtt"'),
        ("p95(latency) of one <= 5", "5"),
        ("", "expected a line such as"),
    ],
)
def test_what_is_no_such_line_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_a_fact_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse(text).sides


SAME = [0.5] * 8


def test_equal_figures_are_known_without_spread() -> None:
    assert parse("goodput of one >= goodput of other").is_true(of(one=SAME, other=SAME)) is True
    assert parse("goodput of one >= goodput of other + 1%").is_true(of(one=SAME, other=SAME)) is False


def test_figures_are_compared_seed_by_seed() -> None:
    """What differs between seeds alone does not hide a difference between clients."""
    seeds = [0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.5, 0.6]
    better = [value + 0.02 + 0.001 * i for i, value in enumerate(seeds)]
    assert parse("goodput of one >= goodput of other + 1%").is_true(of(one=better, other=seeds)) is True
    assert parse("goodput of one <= goodput of other").is_true(of(one=better, other=seeds)) is False


def test_what_goes_this_way_and_that_is_open() -> None:
    one, other = [0.4, 0.6, 0.5, 0.7, 0.3, 0.5], [0.5, 0.5, 0.6, 0.5, 0.5, 0.4]
    assert parse("goodput of one >= goodput of other").is_true(of(one=one, other=other)) is None


@pytest.mark.parametrize(
    ("one", "other", "is_true"),
    [
        ([math.inf] * 6, [1.0] * 6, True),
        ([1.0] * 6, [math.inf] * 6, False),
        ([math.inf] * 6, [math.inf] * 6, True),
        ([math.inf] * 5 + [0.5], [1.0] * 6, None),
    ],
)
def test_what_never_happens_is_longer_than_anything(one: list[float], other: list[float], is_true: bool | None) -> None:
    fact = parse("p99(latency) of one >= p99(latency) of other")
    assert fact.is_true(of(one=one, other=other)) is is_true


@given(
    values=st.lists(st.floats(0.0, 1.0), min_size=6, max_size=12),
    bound=st.integers(0, 100),
)
def test_a_line_and_its_contrary_are_not_both_true(values: list[float], bound: int) -> None:
    """But for figures that are just on the bound."""
    at_least = parse(f"goodput of one >= {bound}%").is_true(of(one=values))
    at_most = parse(f"goodput of one <= {bound}%").is_true(of(one=values))
    if at_least and at_most:
        assert sum(values) / len(values) == pytest.approx(bound / 100, abs=1e-6)
