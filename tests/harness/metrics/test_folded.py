"""A run measured part by part: whatever the parts, the same comes of it as of the whole."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness import metrics
from brownout.harness.course import course
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Observed, measure
from brownout.harness.metrics.busiest import most_within
from brownout.harness.metrics.folded import Folded
from brownout.harness.metrics.samples import RELATIVE_ERROR, Histogram, Ordered
from brownout.harness.records import BreakerRecord

from .ledgers import QUIET_HUNDRED, attempt, call, see
from .test_registry import GUARDED, STORM, ledgers

SECONDS = st.one_of(st.just(0.0), st.just(math.inf), st.floats(1e-9, 1e9))


def folded(parts: list[Observed], twin: list[Observed]) -> Folded:
    without = Folded(STORM, GUARDED)
    for part in twin:
        without.add(part)
    found = Folded(STORM, GUARDED, without)
    for part in parts:
        found.add(part)
    return found


def split(ledger: Ledger, data: st.DataObject) -> list[Observed]:
    """Each call with all that is of it, and each breaker's record, in any of four parts; some may be empty."""
    parts = [Ledger() for _ in range(4)]
    some = st.sampled_from(parts)
    for each in ledger.calls:
        part = data.draw(some)
        part.calls.append(each)
        part.attempts += [one for one in ledger.attempts if one.who[:2] == each[:2]]
        part.journal += [one for one in ledger.journal if one.who[:2] == each[:2]]
    for record in ledger.breaker:
        data.draw(some).breaker.append(record)
    return [Observed(STORM, GUARDED, 1, part) for part in parts]


@given(ledgers(), ledgers(), st.data())
def test_any_split_comes_to_the_whole(here: Ledger, twin: Ledger, data: st.DataObject) -> None:
    """Every metric, every count, and the course through time; sums of fractions to the last bits."""
    whole = Observed(STORM, GUARDED, 1, here, twin)
    parts = folded(split(here, data), split(twin, data))
    found = measure(parts)
    for name, value in measure(whole).items():
        assert found[name] == (value if isinstance(value, metrics.Absent) else pytest.approx(value, rel=1e-12)), name
    for count in (metrics.size, metrics.outcomes, metrics.timeouts_by_phase, metrics.transitions, metrics.lateness):
        assert count(parts) == count(whole)
    drawn = course(parts)
    for name, column in course(whole).items():
        assert np.allclose(drawn[name], column), name


def test_what_was_not_to_be_asked_for_is_not_known() -> None:
    """A twin is folded for the few things that are asked of it."""
    found = Folded(QUIET_HUNDRED, GUARDED, tallies=())
    found.add(see(Ledger(calls=[call(1.0)])))
    with pytest.raises(KeyError):
        measure(found)


@given(st.lists(st.floats(0.0, 60.0), min_size=1, max_size=60), st.integers(1, 6))
def test_the_busiest_second_needs_the_last_seconds_only(began: list[float], size: int) -> None:
    """Parts of so many requests, of which some were under way for long: what began before the oldest of those to come
    is forgotten."""
    requests = [attempt(who=(0, i), started=at) for i, at in enumerate(began)]
    seen = [
        see(Ledger(attempts=requests[i : i + size], calls=[call(1.0, who=(0, i))])) for i in range(0, len(began), size)
    ]
    found = Folded(QUIET_HUNDRED, GUARDED)
    for i, part in enumerate(seen):
        to_come = began[(i + 1) * size :]
        found.add(replace(part, watermark=min(to_come, default=math.inf)))
    expected = most_within(sorted(began)) * QUIET_HUNDRED.horizon / len(seen)
    assert metrics.metric("busiest_second").of(found) == expected


SPELLS = st.lists(st.tuples(st.floats(0.0, 90.0), st.integers(0, 2), st.floats(0.1, 30.0)).map(tuple), max_size=20)


@given(SPELLS, st.integers(1, 5))
def test_spells_that_are_over_are_forgotten(spells: list[tuple[float, int, float]], size: int) -> None:
    """A client with several breakers counts once, though the first has been forgotten when the next one opens."""
    records = [BreakerRecord(who, at, "closed", "open", at + seconds) for at, who, seconds in sorted(spells)]
    found = Folded(QUIET_HUNDRED, GUARDED)
    for i in range(0, len(records) + 1, size):
        later = records[i + size :]
        part = see(Ledger(breaker=records[i : i + size]))
        found.add(replace(part, watermark=later[0].at if later else math.inf))
    assert np.allclose(course(found)["open"], course(see(Ledger(breaker=records)))["open"])


@given(st.lists(SECONDS, min_size=1), st.floats(0.001, 1.0))
def test_quantiles_of_a_histogram_are_near_and_never_below(values: list[float], q: float) -> None:
    """A value that was observed, at most so much too large; none and for ever are exact."""
    exact, found = Ordered.of(values).quantile(q), Histogram.of(values).quantile(q)
    assert found in values
    assert exact <= found <= exact * (1.0 + RELATIVE_ERROR)
    assert len(Histogram.of(values)) == len(values)


@given(st.lists(st.lists(SECONDS), min_size=3, max_size=3))
def test_histograms_do_not_depend_on_the_parts(values: list[list[float]]) -> None:
    one, two, three = map(Histogram.of, values)
    whole = Histogram.of([value for each in values for value in each])
    for found in (one.plus(two).plus(three), three.plus(one.plus(two))):
        for column, expected in zip(found.counted(), whole.counted(), strict=True):
            assert column.tolist() == expected.tolist()


def test_a_histogram_does_not_grow_with_its_values() -> None:
    """A million values over seven powers of ten are some thousand buckets."""
    values = np.geomspace(1e-3, 1e4, 1_000_000)
    found = Histogram.of(values)
    assert len(found) == 1_000_000
    assert len(found.buckets) < 24 * 1024
