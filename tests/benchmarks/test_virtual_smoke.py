"""The benchmark of virtual time: in it and over canned bytes the SDK still sees the same. Says nothing about speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "virtual.py"


def test_virtual_time_and_canned_bytes_give_the_sdk_the_same(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, str(SCRIPT), "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(out.read_text())
    for sdk in ("async", "blocking"):
        for kind in ("plain", "stream"):
            assert results[f"virtual.vs_canned_stream.{sdk}.{kind}"]["median"] > 0
            assert results[f"virtual.driver_vs_canned_stream.{sdk}.{kind}"]["median"] > 0
        counts = results[f"virtual.counts.{sdk}.stream"]
        assert counts["pieces"] > 60, "the tokens of a stream did not come one by one"
    assert results["virtual.seconds_per_cpu_second"]["median"] > 0
    hour = results["virtual.counts.hour"]
    assert hour["ok"] == hour["calls"] > 0
