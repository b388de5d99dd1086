"""The functions of `time` as a program in virtual time sees them; whoever only watches it keeps the real ones."""

from __future__ import annotations

import sys
import time  # noqa: TID251 - this is where virtual time begins
from _thread import get_ident
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from .hub import Hub
from .patches import WATCHERS, replaced, replaced_where_imported, root

EPOCH = 1_767_225_600.0
"""The time of day at 0 s: the same in every run, as the last digits of a difference depend on it (2026-01-01, UTC)."""

_REAL: dict[str, Any] = {
    name: getattr(time, name)
    for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep")
}


def of_day(hub: Hub) -> datetime:
    """The time of day."""
    return datetime.fromtimestamp(EPOCH + hub.time(), UTC)


@contextmanager
def virtual_times(hub: Hub) -> Iterator[None]:
    """While this lasts, `time` tells the hub's time in this thread, and `sleep` takes none of anybody's."""
    stand_ins = {name: _stand_in(_REAL[name], virtual) for name, virtual in _virtual(hub).items()}
    with ExitStack() as stack:
        stack.enter_context(replaced(time, **stand_ins))
        stack.enter_context(replaced_where_imported({_REAL[name]: made for name, made in stand_ins.items()}))
        yield


def _virtual(hub: Hub) -> dict[str, Callable[..., Any]]:
    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        hub.park(seconds, f"{seconds:g} s to pass")

    now = hub.time
    return {
        "time": lambda: EPOCH + now(),
        "time_ns": lambda: round((EPOCH + now()) * 1e9),
        "monotonic": now,
        "monotonic_ns": lambda: round(now() * 1e9),
        "perf_counter": now,
        "perf_counter_ns": lambda: round(now() * 1e9),
        "sleep": sleep,
    }


def _stand_in(real: Callable[..., Any], virtual: Callable[..., Any]) -> Callable[..., Any]:
    thread = get_ident()

    @wraps(real)
    def of_whoever_asks(*args: Any) -> Any:
        asks = sys._getframe(1).f_globals.get("__name__", "")
        return (real if get_ident() != thread or root(asks) in WATCHERS else virtual)(*args)

    return of_whoever_asks
