"""Runs cells: every scenario with every client under every seed, over processes, in an order that does not matter."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import active_children, get_context, parent_process
from threading import Thread

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
    workers = min(workers, len(todo))
    if workers <= 1:
        return list(_watched(map(cell, todo), progress))
    others = active_children()
    # A fresh interpreter for each: a fork would inherit whatever threads and locks the caller has.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent) as pool:
        try:
            with _interrupts_held():
                # Not `map`: it cancels on its way out, and the pool of Python 3.11 trips over that when it breaks.
                cells = [pool.submit(cell, job) for job in todo]
            return list(_watched((future.result() for future in cells), progress))
        except BaseException:  # what is not finished is of no use to anybody
            for worker in active_children():
                if worker not in others:
                    worker.terminate()
            raise


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal. It is for the parent alone: workers begin with it held, and keep it
    so; here it is delivered at the end."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next job for ever."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _watched(cells: Iterable[Cell], progress: Callable[[int], None]) -> Iterator[Cell]:
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
