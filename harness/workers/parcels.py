"""Work on its way to another process, without what that process has already: a trace goes there once, not with every
cell that replays it.

What is large and the same in much of the work stands in it as a name, the hash of what it holds. A process keeps the
last few that it was sent. Whoever has work for it sends the work alone, and only if that is found to lack something
once more with all of it: so nobody needs to know which process has what, nor whether one has been replaced.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from ..workload.traces import Rows

KEPT = 8
"""Traces in a process: in a sweep one scenario comes after the other."""

_here: dict[str, Rows] = {}
"""By name, those used last at the end."""
_LOCK = Lock()
"""Of it: executors may be of threads."""


class Missing(Exception):
    """The process lacks something that is in the work. Nothing was done."""


class Parcel(NamedTuple):
    """A function with its arguments, as bytes, and by name what is not in them."""

    work: bytes
    large: Mapping[str, Rows]


def packed(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Parcel:
    """Raises what `pickle` does."""
    large: dict[str, Rows] = {}

    def named(rows: Rows) -> tuple[Callable[[str], Rows], tuple[str]]:
        large[rows.name] = rows
        return _found, (rows.name,)

    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.dispatch_table = {**copyreg.dispatch_table, Rows: named}
    pickler.dump((function, arguments))
    return Parcel(buffer.getvalue(), large)


def opened(work: bytes, large: Mapping[str, Rows]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The function and its arguments, in the process where it is to be called; `large` is kept there. Raises
    `Missing`."""
    keep(large)
    function, arguments = pickle.loads(work)
    return function, arguments


def keep(large: Mapping[str, Rows]) -> None:
    """In this process, for work that names them."""
    with _LOCK:
        for name, rows in large.items():
            _here.pop(name, None)
            _here[name] = rows
        while len(_here) > max(KEPT, len(large)):
            del _here[next(iter(_here))]


def _found(name: str) -> Rows:
    with _LOCK:
        rows = _here.pop(name, None)
        if rows is None:
            raise Missing
        _here[name] = rows
    return rows
