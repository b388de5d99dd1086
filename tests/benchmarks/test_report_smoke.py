"""The benchmark of reports: every format is made. Says nothing about speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.reports.formats import names

from .quick import results_of


@pytest.mark.slow
def test_every_format_is_measured(tmp_path: Path) -> None:
    results = results_of("report", tmp_path / "bench.json")
    assert results["report.html_vs_drawing"]["median"] > 0
    assert {name for name in names() if f"report.bytes.{name}" in results} == set(names())
