"""What to play on, as users give it, nothing, an executor of theirs or the address of a cluster: and what guards it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from ..environment import code, environment
from .died import ClusterError

T = TypeVar("T")
P = ParamSpec("P")
Made = tuple[dict[str, str], str]
"""The libraries, and a hash of our code."""

_ONE = Lock()


@contextmanager
def given(cluster: str | Executor | None) -> Iterator[Executor | None]:
    """An executor for cells; None for None, which is for processes of this machine. Raises `ClusterError`."""
    if cluster is None:
        yield None
    elif isinstance(cluster, Executor):
        yield Guarded(cluster)
    else:
        from .cluster import connected

        with connected(cluster) as executor:
            yield Guarded(executor)


class Guarded(Executor):
    """An executor that others have made: what it runs is run one after the other in each process, as virtual time is
    the time of all threads, and only where the same comes of it as here. It is theirs to shut down."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        assert not kwargs
        return self._executor.submit(partial(alone, made_with(), function, *args))


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
