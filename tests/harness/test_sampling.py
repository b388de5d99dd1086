"""A sample is the same scenario, smaller in everything that grows with the number of clients."""

from __future__ import annotations

from typing import Any

import pytest

from brownout.fakes.units import share
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import loads
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario

from . import tiny
from .test_cells import PATIENT

LARGE = """
name: large
workload:
  clients: 200
  arrivals: {kind: poisson, rate: 20/s}
server:
  capacity: {slots: 400, queue: 100}
  limits: {requests: 6000/min}
timeline: [{for: 60s}]
"""


def sizes(scenario: Scenario) -> tuple[Any, ...]:
    """Everything that a sample makes smaller."""
    server = scenario.server
    rate = getattr(scenario.workload.arrivals, "rate", None)
    return scenario.workload.clients, rate, server.capacity.slots, server.capacity.queue, server.limits.requests


@pytest.mark.parametrize(
    ("portion", "expected"),
    [
        ("100%", (200, 20.0, 400, 100, 100.0)),
        ("50%", (100, 10.0, 200, 50, 50.0)),
        ("2%", (4, 0.4, 8, 2, 2.0)),
        ("0.1%", (1, 0.1, 2, 0, 0.5)),
    ],
)
def test_everything_shrinks_alike(portion: str, expected: tuple[Any, ...]) -> None:
    """Clients, rate, slots, queue and quota; by the share that whole clients make up, not by the one asked for."""
    found = sizes(sampled(loads(LARGE, Scenario), share(portion)))
    assert found == pytest.approx(expected)


def test_each_client_behaves_as_before() -> None:
    """The rate of one client, the phases, the faults and the latencies stay."""
    whole = loads(LARGE, Scenario)
    part = sampled(whole, 0.1)
    assert part.workload.arrivals.rate / part.workload.clients == whole.workload.arrivals.rate / whole.workload.clients
    assert (part.timeline, part.server.latency, part.workload.calls) == (
        whole.timeline, whole.server.latency, whole.workload.calls
    )  # fmt: skip


def test_what_is_unlimited_stays_so() -> None:
    """No slots given, none taken away; closed arrivals have no rate to divide."""
    text = "name: c\nworkload: {clients: 8, arrivals: {kind: closed}}\ntimeline: [{for: 60s}]\n"
    assert sizes(sampled(loads(text, Scenario), 0.25)) == (2, None, None, None, None)


def test_the_whole_is_the_very_same() -> None:
    """Nothing is copied for nothing."""
    whole = loads(LARGE, Scenario)
    assert sampled(whole, 1.0) is whole


def test_at_least_one_client_is_left() -> None:
    """However small the share: with nobody there would be nothing to run."""
    assert sampled(loads(tiny.CALM, Scenario), 0.001).workload.clients == 1


def test_a_sample_runs() -> None:
    """Half of the clients make about half of the calls, and the faults still fire."""
    storm = loads(tiny.STORM, Scenario)
    whole, part = (run(each, PATIENT, seed=1) for each in (storm, sampled(storm, 0.5)))
    assert len(part.calls) == pytest.approx(len(whole.calls) / 2, rel=0.3)
    assert {call.client for call in part.calls} == {0, 1}
    assert all(fired for _, fired in part.faults.values())
