"""The benchmark of programs: both sides still have the same records. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_a_program_and_the_driver_have_the_same_records(tmp_path: Path) -> None:
    results = results_of("program", tmp_path / "bench.json")
    for kind in ("asynchronous", "blocking"):
        assert results[f"program.vs_driver.{kind}"]["median"] > 0
