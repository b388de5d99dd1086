"""How much sooner two processes are done with a sweep than one: starting them, handing over and keeping included.

Wall time, so that it says something on a machine with two cores that do nothing else. Both must find the same cells.
"""

from __future__ import annotations

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
    seeds, share, rounds = (2, 0.01, 1) if is_quick else (5, 0.25, 3)
    scenarios = [sampled(sources.scenario(name).value, share) for name in SCENARIOS]
    clients = [sources.client(name).value for name in CLIENTS]
    todo = jobs(scenarios, clients, range(1, seeds + 1), "sim", 1.0)
    ratios, alone = [], []
    for _ in range(rounds):
        one, expected = _swept(todo, 1)
        two, found = _swept(todo, 2)
        if found != expected:
            raise Different("two processes have found other cells than one")
        ratios.append(one / two)
        alone.append(one)
    return {"sim.two_workers": spread(ratios) | {"at_least": 1.8}, "sim.one_worker_seconds": spread(alone)}


def _swept(todo: list[Job], workers: int) -> tuple[float, dict[str, str]]:
    """Seconds until all is kept, and what was found."""
    found = {}
    with TemporaryDirectory() as folder, Store(Path(folder) / "cells", is_new=True) as store:
        began = perf_counter()
        with closing(run(todo, workers)) as finished:
            for _, played in finished:
                store.put(played)
                found[played.cell.key] = repr(played)
        return perf_counter() - began, found


if __name__ == "__main__":
    main(measure)
