"""The benchmark of sizes: runs have the sizes that they are to have. Says nothing about what they cost."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_runs_have_their_sizes(tmp_path: Path) -> None:
    results = results_of("size", tmp_path / "bench.json")
    assert {"size.simulate.large_vs_small", "size.cell.large_vs_small"} <= set(results)
    assert results["size.cell.bytes_a_call.1e+04"]["median"] > 0
    assert results["size.lean.peak_mb.1e+04"]["median"] > 0
    assert results["size.simulate.1000_vs_10_clients"]["median"] > 0
