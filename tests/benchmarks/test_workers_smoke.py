"""The benchmark of workers: two processes find what one does. Says nothing about how soon."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_two_processes_find_what_one_does(tmp_path: Path) -> None:
    results = results_of("workers", tmp_path / "bench.json")
    assert results["sim.two_workers"]["median"] > 0
