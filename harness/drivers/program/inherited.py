"""Threads that a call starts belong to it: they inherit its context, as tasks do by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import Any

from brownout.fakes.virtual.patches import replaced

from ..current import CURRENT


@contextmanager
def threads_inherit() -> Iterator[None]:
    """While this lasts, those that are started, and what is submitted to an executor, on behalf of a call."""
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit

    def start_inheriting(thread: threading.Thread) -> None:
        if CURRENT.get() is not None:
            thread.run = partial(copy_context().run, thread.run)  # type: ignore[method-assign]
        start(thread)

    def submit_inheriting(pool: Any, function: Callable[..., Any], /, *args: Any, **given: Any) -> Future[Any]:
        if CURRENT.get() is not None:
            function = partial(copy_context().run, function)
        return submit(pool, function, *args, **given)

    with (
        replaced(threading.Thread, start=start_inheriting),
        replaced(ThreadPoolExecutor, submit=submit_inheriting),
    ):
        yield
