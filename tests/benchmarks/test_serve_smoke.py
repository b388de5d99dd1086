"""The benchmark of the fake under load: every server answers, and sends as many tokens. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .quick import results_of


@pytest.mark.slow
def test_all_servers_send_the_same(tmp_path: Path) -> None:
    results = results_of("serve", tmp_path / "bench.json")
    assert {f"serve.stream20_p99_ms.{name}" for name in ("ours", "starlette", "raw")} <= results.keys()
