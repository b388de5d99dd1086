"""A Dask cluster as an executor: its workers do what processes of this machine would, with the same results."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .died import TRIES, ClusterError, WorkersDied
from .guarded import differences, made_with

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
P = ParamSpec("P")

INSTALL = "pip install 'brownout[dask]'"
PATIENCE = 5.0
"""Seconds in which a scheduler has to answer, and to have a worker."""


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """The cluster whose scheduler listens there, such as `tcp://host:8786`. Whatever it has not finished in the end is
    called off. Raises `ClusterError`."""
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(f"{address}: a cluster needs Dask: {INSTALL}") from None
    try:
        with warnings.catch_warnings(action="ignore"):  # of versions: we look at them ourselves
            client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError):
        raise ClusterError(f"{address}: no Dask scheduler has answered within {PATIENCE:g} s") from None
    except Exception as error:
        raise ClusterError(f"{address}: {error}") from None
    try:
        hands = _Hands(client, _checked(client, address), address)
        try:
            yield hands
        finally:
            hands.shutdown(wait=False, cancel_futures=True)
    finally:
        client.close()  # whoever waits for a result hears that there will be none


class _Hands(Executor):
    """Gives out no more at a time than there are workers, one for each: Dask holds against whatever a worker had been
    given that it died, begun or not."""

    def __init__(self, client: Client, workers: int, address: str) -> None:
        self._client = client
        self._address = address
        self._max_workers = workers
        self._threads = ThreadPoolExecutor(workers)

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._done, partial(function, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def _done(self, work: Callable[[], T]) -> T:
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            result: T = self._client.submit(work, pure=False).result()
        except KilledWorker:
            raise WorkersDied(f"{self._address}: {TRIES} workers were killed by the same work") from None
        except (CancelledError, CommClosedError):
            raise ClusterError(f"{self._address}: the scheduler is gone") from None
        return result


def _checked(client: Client, address: str) -> int:
    """How many workers it has. Raises `ClusterError` where there are none, or they would come to other results."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(f"{address}: the cluster has had no workers for {PATIENCE:g} s") from None
    try:
        found = client.run(made_with)
    except Exception as error:  # whatever a worker makes of it that does not know us, or has another Dask
        raise ClusterError(
            f"{address}: Brownout has to be installed where the workers are, in the same version as here: {error}"
        ) from None
    for worker, made in found.items():
        if differs := differences(made_with(), made):
            raise ClusterError(f"{address}: versions do not match: worker {worker} has {differs}")
    with suppress(Exception):  # a scheduler that takes no code keeps the number that it was started with
        client.run_on_scheduler(
            lambda dask_scheduler, most: setattr(
                dask_scheduler, "allowed_failures", min(dask_scheduler.allowed_failures, most)
            ),
            most=TRIES - 1,
        )
    return len(found)
