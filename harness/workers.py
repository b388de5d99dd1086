"""Runs cells over processes, in an order that does not matter, and hands each over as soon as it is finished."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread, current_thread, main_thread
from typing import Any

from .cells import Job, play
from .metrics import Observed
from .store import Played

_TRIES = 3
"""Pools that may break in one run: a worker that the system killed for memory once is replaced; a cell that kills
every worker is an error."""


_GRACE = 5.0
"""Seconds in which a worker that is told to end has to."""


class WorkersDied(Exception):
    """Processes were killed again and again from outside."""


def run(todo: Sequence[Job], workers: int) -> Generator[tuple[Job, Played]]:
    """Each job and what came of it, in `workers` processes (1: in this one, but for foreign code). Results do not
    depend on how many.

    Raises `WorkersDied` when they are killed again and again. What was yielded before stays good.
    """
    if min(workers, len(todo)) <= 1 and not any(job.is_foreign for job in todo):
        yield from ((job, play(job)) for job in todo)
        return
    left = dict(enumerate(todo))
    for _ in range(_TRIES):
        try:
            for i, played in _in_one_pool(left, min(workers, len(left))):
                yield left.pop(i), played
        except BrokenProcessPool:
            continue
        return
    raise WorkersDied(f"worker processes were killed {_TRIES} times; too little memory? try fewer --workers")


def observe(job: Job) -> Observed:
    """The same for all that one of them has recorded."""
    if not job.is_foreign:
        return job.observe()
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with_parent) as pool:
        return pool.submit(job.observe).result()


def _in_one_pool(jobs: dict[int, Job], workers: int) -> Iterator[tuple[int, Played]]:
    others = active_children()
    # A fresh interpreter for each: a fork would inherit whatever threads and locks the caller has.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=end_with_parent) as pool:
        try:
            with _interrupts_held():
                futures: dict[Future[Played], int] = {pool.submit(play, job): i for i, job in jobs.items()}
            while futures:
                done, _ = wait(futures, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=futures.__getitem__):
                    yield futures.pop(future), future.result()
        except BaseException:  # what is not finished is of no use to anybody
            _stop(pool, [worker for worker in active_children() if worker not in others])
            raise


def _stop(pool: ProcessPoolExecutor, workers: Iterable[BaseProcess]) -> None:
    """End them at once. One that was writing its result leaves half of it, and whoever reads that would wait for the
    rest for ever, as long as anybody could still write it: here it is this process, which never does."""
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(_GRACE)
        if worker.is_alive():  # whoever has a handler for the signal may be in no state to run it
            worker.kill()
            worker.join()
    results: Any = getattr(pool, "_result_queue", None)
    if results is not None:
        results._writer.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal. It is for the parent alone: workers begin with it held, and keep it
    so; here it is delivered at the end. Any thread may be told of it, numpy's too, which do not hold it: so the handler
    waits as well, and no worker is left half started."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    told: list[int] = []
    is_main = current_thread() is main_thread()  # no other may have a say about signals
    handler = signal.signal(signal.SIGINT, lambda number, _: told.append(number)) if is_main else None
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, signal.SIG_DFL if handler is None else handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if told:
        signal.raise_signal(signal.SIGINT)


def end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next job for ever."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
