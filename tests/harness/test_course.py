"""A run through time: bins lose nothing, and say what a ledger does."""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness import tables
from brownout.harness.bins import edges_of, overlap, width_of
from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.course import COLUMNS, course
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Observed, metric
from brownout.harness.records import BreakerRecord
from brownout.harness.scenario import Scenario
from brownout.harness.sources import client, scenario
from brownout.harness.spells import open_spells

from . import tiny
from .metrics.ledgers import QUIET_HUNDRED, see


def seen_of(folder: Path, name: str, who: str) -> Observed:
    tiny.write(folder)
    return Job(scenario(str(folder / name)).value, client(str(folder / who)).value, 1, "sim", 1.0).observe()


def binned(seen: Observed) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    calls, attempts = tables.calls(seen), tables.attempts(seen)
    return course(seen), calls, attempts


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
    found = overlap(begins, ends, edges)
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
    """Of the time in which calls begin, the seconds a client that `breaker_open_time` tells."""
    seen = seen_of(tmp_path, "storm.yaml", "hasty.yaml")
    found, _, _ = binned(seen)
    begin = found["edges"][:-1] < seen.scenario.horizon
    seconds = found["open"][begin].sum() / seen.scenario.workload.clients
    assert seconds == pytest.approx(metric("breaker_open_time").of(seen))
    assert seconds > 1.0
    patient, _, _ = binned(seen_of(tmp_path, "storm.yaml", "patient.yaml"))
    assert not patient["open"].any()


SPELLED = st.lists(st.tuples(st.integers(0, 2), st.floats(0.0, 90.0), st.floats(0.1, 30.0)), max_size=20)


@given(SPELLED)
def test_a_client_is_open_once_however_many_breakers_it_has(spells: list[tuple[int, float, float]]) -> None:
    """Profiles have breakers of their own; the share of clients is never more than all of them."""
    ordered = sorted((at, client, seconds) for client, at, seconds in spells)
    records = [BreakerRecord(client, at, "closed", "open", at + seconds) for at, client, seconds in ordered]
    found = see(Ledger(breaker=records)).total(open_spells).seconds()
    assert (found <= 3 * np.diff(edges_of(QUIET_HUNDRED)) + 1e-6).all()
    covered = sum(
        any(at <= moment < at + seconds for at, who, seconds in ordered if who == client)
        for client in range(3)
        for moment in np.arange(0.0, QUIET_HUNDRED.end, 0.05)
    )
    assert found.sum() == pytest.approx(covered * 0.05, abs=3 * 20 * 0.05)


UNEVEN = tiny.STORM.replace("{for: 10s}\n  - for: 30s", "{for: 9800ms}\n  - for: 6s").replace(
    "  - {for: 10s}\n", "  - {for: 7s}\n"
)


def test_a_bin_is_of_one_phase_alone() -> None:
    """Phases end where bins do, wherever that is, and no bin is next to nothing."""
    scenario = loads(UNEVEN, Scenario)
    edges = edges_of(scenario)
    bounds = [0.0, 9.8, 15.8, 22.8, scenario.end]
    assert all(np.isclose(edges, bound).any() for bound in bounds)
    assert (np.diff(edges) > 0.2).all()


@given(st.lists(st.floats(0.01, 5000.0), min_size=1, max_size=6), st.floats(0.0, 300.0))
def test_bins_end_where_phases_do(lengths: list[float], drain: float) -> None:
    """Whatever their lengths; bins are in order, and about as many as a chart can show."""
    phases = "".join(f"  - {{for: {round(seconds * 1000)}ms}}\n" for seconds in lengths)
    text = tiny.CALM.replace("  - {for: 20s}\n", phases) + f"drain: {round(drain * 1000)}ms\n"
    scenario = loads(text, Scenario)
    edges = edges_of(scenario)
    for end in accumulate(phase.seconds for phase in scenario.timeline):
        assert np.isclose(edges, end, atol=1e-6).any()
    assert (np.diff(edges) > 0.0).all()
    assert edges[0] == 0.0
    assert edges[-1] == pytest.approx(scenario.end)
    assert len(edges) <= 121 + len(lengths) + 2


def test_calls_on_the_edge_of_a_bin_are_in_the_one_that_begins() -> None:
    """Steady arrivals are level: no bin has the calls of its neighbour."""
    text = tiny.CALM.replace("rate: 1/s", "rate: 10/s").replace("{for: 20s}", "{for: 3s}") + "drain: 2s\n"
    seen = Job(loads(text, Scenario), loads(tiny.PATIENT, Client), 1, "sim", 1.0).observe()
    found, _, _ = binned(seen)
    begins = found["edges"][:-1] < 3.0
    rates = found["calls"][begins] / np.diff(found["edges"])[begins]
    assert rates == pytest.approx(10.0)
