"""The benchmark of decisions: all sides call the operation as often. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_ours_and_the_libraries_call_the_operation_as_often(tmp_path: Path) -> None:
    results = results_of("decisions", tmp_path / "bench.json")
    assert results["decisions.retry_once.ours_vs_tenacity"]["median"] > 0
    assert results["decisions.closed_breaker.ours_vs_pybreaker"]["median"] > 0
