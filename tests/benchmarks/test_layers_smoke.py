"""The benchmark of resilient clients: they see what the bare SDK sees. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from .quick import results_of


def test_a_resilient_client_and_the_bare_one_see_the_same(tmp_path: Path) -> None:
    results = results_of("layers", tmp_path / "bench.json")
    for style in ("async", "blocking"):
        for kind in ("stream", "plain"):
            assert results[f"layers.resilient_vs_bare_sdk.{style}.{kind}"]["median"] > 0
