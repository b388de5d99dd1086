"""Jobs over an executor, and what to do without one."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import SimpleQueue

from ..cells import Job, play
from ..metrics import Observed
from ..store import Played
from .died import NoWorkers, WorkersDied, lost
from .processes import Processes


def run(todo: Sequence[Job], workers: int = 1, executor: Executor | None = None) -> Generator[tuple[Job, Played]]:
    """Each job and what came of it, over the executor. Without one in `workers` processes (1: in this one, but for
    foreign code). Results do not depend on where they were made, nor on how many make them.

    Raises `WorkersDied` for those that killed every worker, once all others are done, `NoWorkers` at once.
    """
    if executor is not None:
        yield from _over(executor, todo)
    elif min(workers, len(todo)) <= 1 and not any(job.is_foreign for job in todo):
        yield from ((job, play(job)) for job in todo)
    else:
        with Processes(min(workers, len(todo))) as processes:
            yield from _over(processes, todo)


def observe(job: Job) -> Observed:
    """The same for all that one of them has recorded."""
    if not job.is_foreign:
        return job.observe()
    with Processes(1) as process:
        return process.submit(job.observe).result()


def _over(executor: Executor, todo: Sequence[Job]) -> Generator[tuple[Job, Played]]:
    finished: SimpleQueue[Future[Played]] = SimpleQueue()  # `wait` would look at all of them for each
    left: dict[Future[Played], int] = {}
    killed: list[int] = []
    try:
        for i, job in enumerate(todo):
            future = executor.submit(play, job)
            left[future] = i
            future.add_done_callback(finished.put)
        while left:
            future = finished.get()
            i = left.pop(future)
            try:
                played = future.result()
            except NoWorkers:
                raise
            except (WorkersDied, BrokenExecutor):
                killed.append(i)
            else:
                yield todo[i], played
    finally:
        for future in left:
            future.cancel()
    if killed:
        raise lost([todo[i] for i in sorted(killed)])
