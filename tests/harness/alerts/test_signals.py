"""What rules watch, and over which windows."""

from __future__ import annotations

import math
import re
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.alerts.signal import MEANS, SHARES, signal
from brownout.harness.alerts.windows import FEWEST, Blocks, Past, Window
from brownout.harness.monitoring.tick import BOUNDS, Tick

counts = st.tuples(st.integers(0, 50), st.integers(0, 50))


def test_late_counts_what_was_not_answered_within_a_bucket() -> None:
    """Failed calls are late, too."""
    within = tuple(3 if bound >= 20.0 else 1 for bound in BOUNDS)
    assert signal("late(20s)").of(Tick(calls=5, failed=2, answered=3, within=within)) == (2, 5)
    assert signal("late(15s)").of(Tick(calls=5, failed=2, answered=3, within=within)) == (4, 5)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("timeout", 'did you mean "timeouts"?'),
        ("late(21s)", "the nearest is late(20s)"),
        ("late(20)", 'write "20s"'),
        ("late()", "expected a duration"),
    ],
)
def test_a_signal_that_is_none_is_told_what_would_be(name: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        signal(name)


@pytest.mark.parametrize("name", [*SHARES, *MEANS, "late(1m)"])
def test_a_tick_without_calls_says_nothing(name: str) -> None:
    assert signal(name).of(Tick()) == (0, 0)


@given(st.lists(counts, max_size=60), st.integers(1, 12))
def test_a_window_is_the_sum_of_its_ticks(given: list[tuple[int, int]], length: int) -> None:
    window = Window(length * 60.0, 60.0)
    for number, sums in enumerate(given, 1):
        window.add(sums)
        held = given[max(0, number - length) : number]
        assert (window.top, window.bottom) == (sum(top for top, _ in held), sum(bottom for _, bottom in held))
    assert window.ratio == (window.top / window.bottom if window.bottom else None)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 9)), max_size=60), st.integers(1, 12))
def test_rounding_leaves_nothing_in_an_empty_window(given: list[tuple[float, int]], length: int) -> None:
    window = Window(length * 60.0, 60.0)
    for sums in (*given, *[(0.0, 0)] * length):
        window.add(sums)
    assert window.ratio is None


@given(st.lists(counts, max_size=60), st.integers(1, 12))
def test_blocks_lose_nothing(given: list[tuple[int, int]], length: int) -> None:
    blocks = Blocks(length * 60.0, 60.0)
    found = [block for sums in given if (block := blocks.add(sums)) is not None]
    whole = given[: len(given) // length * length]
    assert len(found) == len(given) // length
    assert sum(top for top, _ in found) == sum(top for top, _ in whole)


@given(st.lists(st.none() | st.floats(-1e3, 1e3), max_size=80), st.integers(0, 10), st.integers(FEWEST, 30))
def test_what_is_usual_is_that_of_the_blocks_some_time_ago(given: list[float | None], lag: int, lasts: int) -> None:
    past = Past(lag, lasts)
    for number, value in enumerate(given, 1):
        past.add(value)
        end = max(0, number - lag)
        held = [each for each in given[max(0, end - lasts) : end] if each is not None]
        usual = past.usual()
        if len(held) < FEWEST:
            assert usual is None
        else:
            assert usual is not None
            assert math.isclose(usual[0], statistics.fmean(held), abs_tol=1e-6)
            assert math.isclose(usual[1], statistics.pstdev(held), abs_tol=1e-3)


def test_what_is_gone_leaves_no_spread_behind() -> None:
    """Blips, then a long time of none: or the first one after it would be a million times the usual."""
    past = Past(0, 20)
    for value in (0.1, 0.0, 0.3, 0.07, *[0.0] * 25):
        past.add(value)
    usual = past.usual()
    assert usual is not None
    assert usual[1] == 0.0
