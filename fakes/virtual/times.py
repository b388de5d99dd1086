"""The functions of `time` as a program in virtual time sees them; whoever only watches it keeps the real ones."""

from __future__ import annotations

import sys
import time  # noqa: TID251 - this is where virtual time begins
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from .hub import Hub, here
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
def virtual_times() -> Iterator[None]:
    """While this lasts, `time` tells the time of the hub that rules, and `sleep` takes none of anybody's."""
    with ExitStack() as stack:
        stack.enter_context(replaced(time, **_STAND_INS))
        stack.enter_context(replaced_where_imported({_REAL[name]: made for name, made in _STAND_INS.items()}))
        yield


def _sleep(hub: Hub, seconds: float) -> None:
    if not seconds >= 0:
        raise ValueError("sleep length must be non-negative")
    hub.park(seconds, f"{seconds:g} s to pass")


_VIRTUAL: dict[str, Callable[..., Any]] = {
    "time": lambda hub: EPOCH + hub.looked(),
    "time_ns": lambda hub: round((EPOCH + hub.looked()) * 1e9),
    "monotonic": Hub.looked,
    "monotonic_ns": lambda hub: round(hub.looked() * 1e9),
    "perf_counter": Hub.looked,
    "perf_counter_ns": lambda hub: round(hub.looked() * 1e9),
    "sleep": _sleep,
}


def _stand_in(real: Callable[..., Any], virtual: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(real)
    def of_whoever_asks(*args: Any) -> Any:
        hub = here()
        if hub is None or root(sys._getframe(1).f_globals.get("__name__", "")) in WATCHERS:
            return real(*args)
        return virtual(hub, *args)

    return of_whoever_asks


_STAND_INS = {name: _stand_in(_REAL[name], virtual) for name, virtual in _VIRTUAL.items()}
"""One for all worlds: a module that is imported in one keeps them, and so does a default of a parameter."""
