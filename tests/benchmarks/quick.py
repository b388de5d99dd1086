"""One quick pass of a benchmark, as `make bench` starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def results_of(name: str, out: Path) -> Any:
    """What `benchmarks/NAME.py` writes to `out`. Fails with what it says where it fails."""
    command = [sys.executable, str(_BENCHMARKS / f"{name}.py"), "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(out.read_text())
