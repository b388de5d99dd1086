"""Runs every benchmark in this folder, each in a fresh process, and keeps what they say in one file.

A benchmark is a script beside this one that ends in `main(measure)`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from operator import ge, le
from pathlib import Path
from statistics import quantiles
from typing import Any

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out" / "bench.json"

Results = dict[str, dict[str, Any]]
"""By name. A figure has `median`, `low` and `high`, and `at_least` or `at_most` where it has a target."""


class Different(Exception):
    """What was to be compared did not do the same work."""


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median and the quartiles."""
    if len(values) == 1:
        values = [*values, *values]
    low, median, high = quantiles(values, n=4, method="inclusive")
    return {"median": median, "low": low, "high": high}


def main(measure: Callable[[bool], Results]) -> None:
    """The command line of a benchmark: `measure(is_quick)`, then print and keep what came of it."""
    arguments = _arguments()
    try:
        results = measure(arguments.quick)
    except Different as error:
        sys.exit(f"error: {error}")
    for name, figure in results.items():
        print(_line(name, figure))
    if arguments.out:
        keep(results, arguments.out)


def keep(results: Results, out: Path) -> None:
    """Merge results into the file, beside those of other benchmarks."""
    known = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    known |= results
    known["environment"] = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _line(name: str, figure: dict[str, Any]) -> str:
    if "median" not in figure:
        return f"{name:50} {figure}"
    digits = ".2f" if figure["median"] < 100 else ",.0f"
    text = "{:{d}} ({:{d}} to {:{d}})".format(figure["median"], figure["low"], figure["high"], d=digits)
    for target, is_met in (("at_least", ge), ("at_most", le)):
        if target in figure:
            verdict = "met" if is_met(figure["median"], figure[target]) else "MISSED"
            text += f", wanted {target.replace('_', ' ')} {figure[target]:g}: {verdict}"
    return f"{name:50} {text}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="see that it runs; keep no figures")
    parser.add_argument("--out", type=Path, help=f"where to keep the figures (default: {OUT})")
    arguments = parser.parse_args()
    if arguments.out is None and not arguments.quick:
        arguments.out = OUT
    return arguments


def run_all() -> None:
    """Run every benchmark. Exits with 1 if one has failed, once all have run."""
    _arguments()  # what is wrong with them is said once
    scripts = sorted(path for path in HERE.glob("*.py") if path != Path(__file__).resolve())
    failed = [
        path.name for path in scripts if subprocess.run([sys.executable, path, *sys.argv[1:]], check=False).returncode
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    run_all()
