"""What a run costs as it grows: microseconds of CPU and bytes of memory a call, by the number of calls and of clients.

Each size has a process of its own, so that the peak is its own. `simulate` is the run with its records; `cell` is all
that a sweep does with it: metrics, tables of calls and requests, packed as they are kept; `lean` is a cell of which a
sample of the calls is kept; `heapq` is the run with its records written by hand, as one loop. `LARGEST=10000000` in the
environment goes further, with `lean` alone.

A hundred thousand clients do not fit into a processor's caches, whoever plays them: their growth is held against that
of the loop by hand, which keeps one small object for each.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from time import process_time

from references import Load, heapq_loop
from run import Different, Results, main, spread
from sim import SEED, by_hand, client_of, scenario_of

from brownout.harness.cells import Job, play

LARGEST = int(os.environ.get("LARGEST", "1000000"))
LARGEST_WHOLE = 1_000_000
"""Of runs whose records are all kept, at 2 kB a call."""
FLAT = 1.2
"""The most that a call may cost in a large run, as a multiple of what it costs in a small one."""
_KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""What `ru_maxrss` counts in."""


def one(what: str, calls: int, clients: int) -> dict[str, float]:
    """One run in this process: how many calls it came to, microseconds and bytes a call, and the peak in megabytes."""
    load = replace(Load("healthy", calls=calls, rate=11.0), clients=clients)
    job = Job(scenario_of(load), client_of(load), SEED, "sim", 1.0, is_lean=what == "lean")
    loop = by_hand(heapq_loop.run, load)
    before, began = _peak(), process_time()
    match what:
        case "simulate":
            made = len(job.play().calls)
        case "heapq":
            made = len(loop().calls)
        case _:
            made = play(job).cell.calls
    us, peak = (process_time() - began) / made * 1e6, _peak()
    return {"calls": made, "us": us, "bytes": (peak - before) / made, "mb": peak / 1e6}


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
    typical: dict[str, dict[int, float]] = {}
    for what in ("simulate", "cell", "lean"):
        typical[what] = {}
        for calls in _powers(smallest, largest if what == "lean" else min(largest, LARGEST_WHOLE)):
            found = [_apart(what, calls) for _ in range(1 if calls > 100_000 else rounds)]
            for of, name in (("us", "us_a_call"), ("bytes", "bytes_a_call"), ("mb", "peak_mb")):
                results[f"size.{what}.{name}.{calls:.0e}"] = spread([each[of] for each in found])
            typical[what][calls] = results[f"size.{what}.us_a_call.{calls:.0e}"]["median"]
        flat = max(typical[what].values()) / typical[what][smallest]
        results[f"size.{what}.large_vs_small"] = spread([flat]) | {"at_most": FLAT}
    most = max(typical["cell"])
    results["size.lean_vs_cell"] = spread([typical["lean"][most] / typical["cell"][most]]) | {"at_most": 1.0}
    calls, few, many = (10_000, 10, 1_000) if is_quick else (1_000_000, 10, 100_000)
    grown: dict[str, list[float]] = {"simulate": [], "heapq": []}
    for _ in range(rounds):
        for what, ratios in grown.items():
            ratios.append(_apart(what, calls, many)["us"] / _apart(what, calls, few)["us"])
    for what, ratios in grown.items():
        results[f"size.{what}.{many}_vs_{few}_clients"] = spread(ratios)
    against = [ours / other for ours, other in zip(grown["simulate"], grown["heapq"], strict=True)]
    results[f"size.{many}_vs_{few}_clients.vs_heapq"] = spread(against) | {"at_most": FLAT}
    return results


def _powers(first: int, last: int) -> Iterator[int]:
    """Ten times as much each time."""
    while first <= last:
        yield first
        first *= 10


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        main(measure)
