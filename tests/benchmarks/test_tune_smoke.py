"""The benchmark of tuning: every search finds what is good enough. Says nothing about how soon."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_every_search_comes_to_an_end(tmp_path: Path) -> None:
    results = results_of("tune", tmp_path / "bench.json")
    for problem in ("tune", "tune.easy"):
        assert {f"{problem}.calls_vs_tpe", f"{problem}.calls_vs_random"} <= set(results)
        assert all(results[f"{problem}.calls.{name}"]["median"] > 0 for name in ("ours", "tpe", "random"))
