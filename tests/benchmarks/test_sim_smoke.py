"""The benchmark of the simulator: its three arms still do the same work. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_the_simulator_and_both_references_see_the_same(tmp_path: Path) -> None:
    results = results_of("sim", tmp_path / "bench.json")
    for load in ("healthy", "collapse"):
        assert results[f"sim.counts.{load}"]["outcomes"]["ok"] > 0
        for reference in ("heapq", "idiomatic_simpy"):
            assert results[f"sim.vs_{reference}.{load}"]["median"] > 0
    counts = results["sim.counts.collapse"]
    assert counts["waits"] > 0, "nothing was retried"
    assert counts["breaker"]["closed -> open"] > 0
