"""What is kept of what came lately, against lists that forget nothing."""

from __future__ import annotations

from collections.abc import Callable
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.policies.tripping import InARow, Window
from brownout.harness.policies.windows import STEPS, Latest, Sums

STEPS_OF_TIME = st.lists(st.tuples(st.floats(0.0, 30.0), st.integers(0, 3), st.integers(0, 3)), max_size=60)


@given(st.floats(0.5, 300.0), STEPS_OF_TIME)
def test_sums_are_those_of_the_steps_that_the_window_touches(
    window: float, events: list[tuple[float, int, int]]
) -> None:
    """All of the last `window` seconds, and no more than one step of what came before."""
    sums, now, seen = Sums(window, "calls", "failed"), 0.0, list[tuple[float, int, int]]()
    width = window / min(STEPS, max(10, floor(window)))
    for pause, calls, failed in events:
        now += pause
        sums.add(now, calls=calls, failed=failed)
        seen.append((now, calls, failed))
        least = [sum(each[i] for each in seen if each[0] > now - window + width) for i in (1, 2)]
        most = [sum(each[i] for each in seen if each[0] >= now - window - width) for i in (1, 2)]
        found = sums.of_window(now)
        assert all(low <= is_ <= high for low, is_, high in zip(least, found, most, strict=True))


@given(st.integers(1, 20), st.lists(st.floats(0.0, 100.0), min_size=1, max_size=60), st.floats(0.01, 0.99))
def test_quantiles_of_the_latest_are_numpys(size: int, values: list[float], share: float) -> None:
    latest = Latest(size)
    for value in values:
        latest.add(value)
    kept = values[-size:]
    assert len(latest) == len(kept)
    assert latest.quantile(share) == np.quantile(kept, share, method="inverted_cdf")


def at(now: float) -> Callable[[], float]:
    """A clock that stands there."""
    return lambda: now


CALLS = st.lists(st.tuples(st.floats(0.0, 5.0), st.booleans(), st.floats(0.0, 20.0)), max_size=80)
RATES = st.sampled_from([0.25, 0.5, 0.75, 1.0])


@given(st.integers(1, 20), st.integers(1, 20), RATES, RATES, CALLS)
def test_a_window_of_calls_trips_by_the_last_of_them(
    size: int, minimum: int, rate: float, slow_rate: float, calls: list[tuple[float, bool, float]]
) -> None:
    """Against the whole list of calls, looked at anew each time."""
    minimum = min(size, minimum)
    window = Window.model_validate(
        {"calls": size, "minimum": minimum, "failure_rate": f"{rate:%}", "slow": "10s", "slow_rate": f"{slow_rate:%}"}
    )
    trip, now = window.trip(), 0.0
    for i, (pause, is_failure, seconds) in enumerate(calls):
        now += pause
        last = calls[max(0, i + 1 - size) : i + 1]
        is_bad = sum(each[1] for each in last) >= rate * len(last) or sum(
            each[2] > 10 for each in last
        ) >= slow_rate * len(last)
        assert trip.count(is_failure, now - seconds, at(now)) == (len(last) >= minimum and is_bad)


@pytest.mark.parametrize("window", [{"calls": 4, "minimum": 4}, {"time": "60s", "minimum": 4}])
def test_what_was_cleared_is_forgotten(window: dict[str, object]) -> None:
    """Failures before a breaker closed again do not open it."""
    trip = Window.model_validate(window).trip()
    assert [trip.count(True, 0.0, at(0.0)) for _ in range(4)] == [False] * 3 + [True]
    trip.clear()
    assert [trip.count(True, 0.0, at(0.0)) for _ in range(4)] == [False] * 3 + [True]


def test_a_window_of_time_forgets_what_is_old() -> None:
    trip = Window.model_validate({"time": "10s", "minimum": 2, "failure_rate": "100%"}).trip()
    assert not trip.count(True, 0.0, at(0.0))
    assert not trip.count(True, 0.0, at(100.0))
    assert trip.count(True, 0.0, at(105.0))


@given(st.integers(1, 9), st.lists(st.booleans(), max_size=40))
def test_a_row_is_as_long_as_since_the_last_success(limit: int, failures: list[bool]) -> None:
    trip, row = InARow(limit), 0
    for is_failure in failures:
        row = row + 1 if is_failure else 0
        assert trip.count(is_failure, 0.0, at(0.0)) == (row >= limit)
