"""What to play on, as users give it, nothing, an executor of theirs or the address of a cluster: and what guards it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pickle import PicklingError
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from ..environment import code, environment
from ..workload.traces import Rows
from .died import ClusterError
from .parcels import Missing, keep, opened, packed

T = TypeVar("T")
P = ParamSpec("P")
Made = tuple[dict[str, str], str]
"""The libraries, and a hash of our code."""

AT_A_TIME = 256
"""For executors that do not say how many workers they have, as all those of Python do, and Dask's here."""
_ONE = Lock()


@contextmanager
def given(cluster: str | Executor | None) -> Iterator[Executor | None]:
    """An executor for cells; None for None, which is for processes of this machine. Raises `ClusterError`."""
    if cluster is None:
        yield None
    elif isinstance(cluster, Executor):
        with _guarded(cluster) as executor:
            yield executor
    else:
        from .cluster import connected

        with connected(cluster) as hands, _guarded(hands) as executor:
            yield executor


@contextmanager
def _guarded(executor: Executor) -> Iterator[Executor]:
    """What it has not begun in the end is called off."""
    guarded = Guarded(executor)
    try:
        yield guarded
    finally:
        guarded.shutdown(wait=False, cancel_futures=True)


class Guarded(Executor):
    """An executor that others have made: what it runs is run one after the other in each process, as virtual time is
    the time of all threads, and only where the same comes of it as here. It is theirs to shut down.

    It is given no more at a time than it has workers: what waited there for workers that have nothing yet would all
    have to be sent twice.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._threads = ThreadPoolExecutor(getattr(executor, "_max_workers", AT_A_TIME))

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        assert not kwargs
        return self._threads.submit(self._done, function, args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def _done(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        try:
            parcel = packed(function, args)
        except (AttributeError, PicklingError, TypeError):  # the executor may pack what `pickle` cannot
            return self._result(function, *args)
        keep(parcel.large)  # for threads of this process, and forks of it
        try:
            return self._result(_called, parcel.work, {})
        except Missing:
            return self._result(_called, *parcel)

    def _result(self, function: Callable[..., Any], *args: Any) -> Any:
        return self._executor.submit(alone, made_with(), function, *args).result()


def _called(work: bytes, large: Mapping[str, Rows]) -> Any:
    function, args = opened(work, large)
    return function(*args)


def made_with() -> Made:
    """What results are made with in this process."""
    return environment(), code()


def alone(expected: Made, function: Callable[..., T], *args: Any) -> T:
    """Nothing else of ours runs in this process meanwhile. Raises `ClusterError` where the result may differ from what
    the caller would have."""
    if found := differences(expected, made_with()):
        raise ClusterError(f"a worker has {found}")
    with _ONE:
        return function(*args)


def differences(here: Made, there: Made) -> str:
    """In words; empty if there are none."""
    names = dict.fromkeys([*here[0], *there[0]])
    found = [
        f"{name} {there[0].get(name, 'not installed')} (here {here[0].get(name, 'not installed')})"
        for name in names
        if here[0].get(name) != there[0].get(name)
    ]
    if not found and here[1] != there[1]:
        found = ["other code of Brownout under the same version"]
    return ", ".join(found)
