"""The benchmark of programs: both sides still have the same records. Says nothing about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "program.py"


def test_a_program_and_the_driver_have_the_same_records(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, str(SCRIPT), "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(out.read_text())
    for kind in ("asynchronous", "blocking"):
        assert results[f"program.vs_driver.{kind}"]["median"] > 0
