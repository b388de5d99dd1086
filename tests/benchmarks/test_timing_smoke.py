"""The benchmark of injected delays: both servers answer whole. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .quick import results_of


@pytest.mark.slow
def test_a_delay_stands_beside_its_floor(tmp_path: Path) -> None:
    results = results_of("timing", tmp_path / "bench.json")
    assert {f"serve.delay_2ms_late_p50_ms.{which}" for which in ("ours", "floor")} <= results.keys()
