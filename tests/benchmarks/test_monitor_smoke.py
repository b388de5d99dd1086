"""The benchmark of monitors: no call is lost. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_no_call_is_lost(tmp_path: Path) -> None:
    results = results_of("monitor", tmp_path / "bench.json")
    assert results["monitor.vs_no_hooks.stream"]["median"] > 0
    assert results["monitor.month.us_per_call"]["median"] > 0
