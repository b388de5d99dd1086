"""The benchmark of the simulator: its three arms still do the same work. Says nothing about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sim.py"


def test_the_simulator_and_both_references_see_the_same(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, str(SCRIPT), "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(out.read_text())
    for load in ("healthy", "collapse"):
        assert results[f"sim.counts.{load}"]["outcomes"]["ok"] > 0
        for reference in ("heapq", "idiomatic_simpy"):
            assert results[f"sim.vs_{reference}.{load}"]["median"] > 0
    counts = results["sim.counts.collapse"]
    assert counts["waits"] > 0, "nothing was retried"
    assert counts["breaker"]["closed -> open"] > 0
