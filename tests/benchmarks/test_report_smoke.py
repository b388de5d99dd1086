"""The benchmark of reports: every format is made. Says nothing about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from brownout.reports.formats import names

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "report.py"


@pytest.mark.slow
def test_every_format_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, str(SCRIPT), "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(out.read_text())
    assert results["report.html_vs_drawing"]["median"] > 0
    assert {name for name in names() if f"report.bytes.{name}" in results} == set(names())
