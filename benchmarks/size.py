"""What a run costs as it grows: microseconds of CPU and bytes of memory a call, by the number of calls and of clients.

Each size has a process of its own, so that the peak is its own. `simulate` is the run with its records; `cell` is all
that a sweep does with it: metrics, tables of calls and requests, packed as they are kept. `LARGEST=10000000` in the
environment goes further, with a gigabyte of memory for each million calls.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from time import process_time

from references import Load
from run import Different, Results, main, spread
from sim import SEED, client_of, scenario_of

from brownout.harness.cells import Job, play

LARGEST = int(os.environ.get("LARGEST", "1000000"))
FLAT = 1.2
"""The most that a call may cost in a large run, as a multiple of what it costs in a small one."""
_KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""What `ru_maxrss` counts in."""


def one(what: str, calls: int, clients: int) -> dict[str, float]:
    """One run in this process: how many calls it came to, microseconds and bytes a call."""
    load = replace(Load("healthy", calls=calls, rate=11.0), clients=clients)
    job = Job(scenario_of(load), client_of(load), SEED, "sim", 1.0)
    done: dict[str, Callable[[], int]] = {
        "simulate": lambda: len(job.play().calls),
        "cell": lambda: play(job).cell.calls,
    }
    before, began = _peak(), process_time()
    made = done[what]()
    return {"calls": made, "us": (process_time() - began) / made * 1e6, "bytes": (_peak() - before) / made}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE


def _apart(what: str, calls: int, clients: int = 100) -> dict[str, float]:
    """The same in a process of its own."""
    words = [sys.executable, __file__, "--one", what, str(calls), str(clients)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(said)
    if abs(found["calls"] / calls - 1) > 0.1:
        raise Different(f"{what}: {found['calls']:,.0f} calls, wanted about {calls:,}")
    return found


def measure(is_quick: bool) -> Results:
    """Raises `Different` where a run is not of the size that was asked for."""
    smallest, largest, rounds = (1_000, 10_000, 1) if is_quick else (10_000, LARGEST, 3)
    results: Results = {}
    for what in ("simulate", "cell"):
        small = [_apart(what, smallest) for _ in range(rounds)]
        large = [_apart(what, largest) for _ in range(1 if largest > 100_000 else rounds)]
        base = spread([each["us"] for each in small])["median"]
        results[f"size.{what}.us_a_call.{smallest:.0e}"] = spread([each["us"] for each in small])
        results[f"size.{what}.us_a_call.{largest:.0e}"] = spread([each["us"] for each in large])
        results[f"size.{what}.bytes_a_call.{largest:.0e}"] = spread([each["bytes"] for each in large])
        flat = spread([each["us"] / base for each in large])
        results[f"size.{what}.large_vs_small"] = flat | {"at_most": FLAT}
    calls, few, many = (10_000, 10, 1_000) if is_quick else (200_000, 10, 100_000)
    ratios = [_apart("simulate", calls, many)["us"] / _apart("simulate", calls, few)["us"] for _ in range(rounds)]
    results[f"size.simulate.{many}_vs_{few}_clients"] = spread(ratios) | {"at_most": FLAT}
    return results


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        main(measure)
