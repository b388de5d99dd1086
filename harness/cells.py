"""Runs cells: every scenario with every client under every seed, over processes, in an order that does not matter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context

from . import metrics
from .client import Client
from .ledger import Ledger
from .results import Backend, Cell, FaultCount
from .scenario import Scenario

BACKENDS: dict[Backend, str] = {"sim": ".drivers.sim.run", "wire": ".drivers.wire.run"}
"""Backend -> the module that has its `run`; the wire's imports the SDK, which takes a second."""


@dataclass(frozen=True, slots=True)
class Job:
    """One cell to run."""

    scenario: Scenario
    client: Client
    seed: int
    backend: Backend
    scale: float

    def play(self) -> Ledger:
        """Run it."""
        run = import_module(BACKENDS[self.backend], __package__).run
        ledger: Ledger = run(self.scenario, self.client, self.seed, self.scale)
        return ledger


def jobs(
    scenarios: Sequence[Scenario], clients: Sequence[Client], seeds: Sequence[int], backend: Backend, scale: float
) -> list[Job]:
    """Every combination, in the order in which results are kept."""
    return [Job(s, c, seed, backend, scale) for s in scenarios for c in clients for seed in seeds]


def run(todo: Sequence[Job], workers: int, progress: Callable[[int], None] = lambda done: None) -> list[Cell]:
    """Run the jobs in `workers` processes (1: in this one). The result does not depend on how many."""
    if workers <= 1:
        return list(_watched(map(cell, todo), progress))
    # A fresh interpreter for each: a fork would inherit whatever threads and locks the caller has.
    with ProcessPoolExecutor(min(workers, len(todo)), mp_context=get_context("spawn")) as pool:
        return list(_watched(_submit(pool, todo), progress))


def _submit(pool: Executor, todo: Sequence[Job]) -> Iterator[Cell]:
    yield from pool.map(cell, todo)


def _watched(cells: Iterator[Cell], progress: Callable[[int], None]) -> Iterator[Cell]:
    for done, each in enumerate(cells, start=1):
        progress(done)
        yield each


def cell(job: Job) -> Cell:
    """Run one and measure it."""
    ledger = job.play()
    measured = metrics.measure(ledger)
    return Cell(
        scenario=job.scenario.name,
        client=job.client.name,
        seed=job.seed,
        calls=len(ledger.calls),
        attempts=len(ledger.attempts),
        metrics={name: None if math.isinf(value) else value for name, value in measured.items()},
        outcomes=metrics.outcomes(ledger),
        timeouts=metrics.timeouts_by_phase(ledger),
        faults={name: FaultCount(planned=p, fired=f) for name, (p, f) in ledger.faults.items()},
        breaker_opened=sum(record.after == "open" for record in ledger.breaker),
        lateness=metrics.lateness(ledger),
    )
