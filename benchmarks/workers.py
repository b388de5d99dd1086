"""How much sooner two processes are done with a sweep than one: starting them, handing over and keeping included.

Wall time, so that it says something on a machine with two cores that do nothing else. Where others are at work the CPU
time of all processes together, over that of one, says what it can come to: 2 over that. Both must find the same cells.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from run import Different, Results, main, spread

from brownout.harness import sources
from brownout.harness.cells import Job, jobs
from brownout.harness.sampling import sampled
from brownout.harness.store import Store
from brownout.harness.workers import run

SCENARIOS = ("rate-limit-storm", "overload-and-recovery")
CLIENTS = ("budgeted", "guide")


def measure(is_quick: bool) -> Results:
    """Raises `Different` where the number of processes changes a result."""
    seeds, share, rounds = (2, 0.01, 1) if is_quick else (30, 0.25, 2)
    scenarios = [sampled(sources.scenario(name).value, share) for name in SCENARIOS]
    clients = [sources.client(name).value for name in CLIENTS]
    todo = jobs(scenarios, clients, range(1, seeds + 1), "sim", 1.0)
    alone, together = [], []
    for _ in range(rounds):
        *one, expected = _swept(todo, 1)
        *two, found = _swept(todo, 2)
        if found != expected:
            raise Different("two processes have found other cells than one")
        alone.append(one)
        together.append(two)
    pairs = list(zip(alone, together, strict=True))
    return {
        "sim.two_workers": spread([one / two for (one, _), (two, _) in pairs]) | {"at_least": 1.8},
        "sim.two_workers_cpu_over_one": spread([two / one for (_, one), (_, two) in pairs]),
        "sim.one_worker_seconds": spread([seconds for seconds, _ in alone]),
    }


def _swept(todo: list[Job], workers: int) -> tuple[float, float, dict[str, str]]:
    """Seconds until all is kept, CPU seconds until every process has ended, and what was found."""
    found, cpu = {}, sum(os.times()[:4])
    with TemporaryDirectory() as folder, Store(Path(folder) / "cells", is_new=True) as store:
        began = perf_counter()
        with closing(run(todo, workers)) as finished:
            for _, played in finished:
                store.put(played)
                found[played.cell.key] = repr(played)
        took = perf_counter() - began
    return took, sum(os.times()[:4]) - cpu, found


if __name__ == "__main__":
    main(measure)
