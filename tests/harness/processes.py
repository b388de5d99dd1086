"""Who is whose child, from /proc: to see that nobody is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
PATIENCE = 30.0
"""Seconds after which something will never happen."""


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it. Raises `TimeoutError`."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def descendants(parent: int) -> set[int]:
    """The processes it has started, and those that they have."""
    parents = {
        number: _parent(number)
        for number in map(int, filter(str.isdigit, (path.name for path in Path("/proc").iterdir())))
    }
    family = {parent}
    while younger := {child for child, its in parents.items() if its in family} - family:
        family |= younger
    return family - {parent}


def alive(processes: Iterable[int]) -> set[int]:
    """Those that still run."""
    return {process for process in processes if _parent(process) is not None}


def _parent(process: int) -> int | None:
    """None for one that has ended."""
    try:
        state, parent, *_ = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state == "Z" else int(parent)
