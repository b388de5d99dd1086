"""A run through time: bins lose nothing, and say what a ledger does."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness import tables
from brownout.harness.cells import Job
from brownout.harness.course import COLUMNS, _overlap, course, width_of
from brownout.harness.metrics import Observed
from brownout.harness.sources import client, scenario

from . import tiny


def seen_of(folder: Path, name: str, who: str) -> Observed:
    tiny.write(folder)
    return Job(scenario(str(folder / name)).value, client(str(folder / who)).value, 1, "sim", 1.0).observe()


def binned(seen: Observed) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    calls, attempts = tables.calls(seen), tables.attempts(seen)
    return course(seen, calls, attempts), calls, attempts


@given(st.floats(0.5, 10_000_000.0))
def test_bins_are_few_and_round(seconds: float) -> None:
    """No more than a chart can show, and no fewer than a dozen."""
    width = width_of(seconds)
    assert 12 <= seconds / width <= 120 + 1e-6


@pytest.mark.parametrize("seconds", [1.0, 20.0, 60.0, 119.0, 121.0, 600.0, 3600.0, 86_400.0])
def test_widths_are_those_of_clocks(seconds: float) -> None:
    """Powers of ten of a second, or what divides a minute or an hour."""
    width = width_of(seconds)
    assert (np.log10(width)).is_integer() or 3600 % width == 0


SPELLS = st.lists(st.tuples(st.floats(0.0, 100.0), st.floats(0.0, 100.0)).map(sorted), max_size=30)


@given(SPELLS, st.integers(1, 50))
def test_an_overlap_is_that_of_every_spell(spells: list[list[float]], bins: int) -> None:
    """Bin by bin the same as when each spell is cut by hand."""
    edges = np.linspace(0.0, 100.0, bins + 1)
    begins, ends = np.array(spells, dtype=float).reshape(-1, 2).T
    found = _overlap(begins, ends, edges)
    by_hand = [sum(max(0.0, min(b, high) - max(a, low)) for a, b in spells) for low, high in pairwise(edges)]
    assert found == pytest.approx(by_hand, abs=1e-6)


def test_bins_lose_nothing(tmp_path: Path) -> None:
    """Calls, good calls, requests and the time requests were under way add up to those of the run."""
    seen = seen_of(tmp_path, "storm.yaml", "patient.yaml")
    found, calls, attempts = binned(seen)
    assert tuple(found) == COLUMNS
    assert found["calls"].sum() == len(calls["call"])
    assert found["good"].sum() == calls["good"].sum()
    assert found["attempts"].sum() == len(attempts["call"])
    ends = np.where(np.isnan(attempts["finished"]), seen.scenario.end, attempts["finished"])
    assert found["busy"].sum() == pytest.approx((ends - attempts["started"]).sum())
    assert (found["good"] <= found["calls"]).all()


def test_the_twin_is_the_same_world_without_faults(tmp_path: Path) -> None:
    """Where arrivals are open it is asked the same, and answers more."""
    found, _, _ = binned(seen_of(tmp_path, "storm.yaml", "patient.yaml"))
    assert (found["twin_calls"] == found["calls"]).all()
    assert found["twin_good"].sum() > found["good"].sum()
    calm, _, _ = binned(seen_of(tmp_path, "calm.yaml", "patient.yaml"))
    assert not calm["twin_calls"].any()


def test_open_breakers_are_those_of_the_metric(tmp_path: Path) -> None:
    """Seconds of all bins and clients in which calls begin, as `breaker_open_time` has them for each client."""
    seen = seen_of(tmp_path, "storm.yaml", "hasty.yaml")
    found, _, _ = binned(seen)
    spells = [(r.at, r.until) for r in seen.ledger.breaker if r.until is not None]
    assert spells
    assert found["open"].sum() == pytest.approx(sum(min(until, seen.scenario.end) - at for at, until in spells))
    patient, _, _ = binned(seen_of(tmp_path, "storm.yaml", "patient.yaml"))
    assert not patient["open"].any()
