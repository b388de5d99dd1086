"""Where a task waits, for whoever asks why nothing goes on."""

from __future__ import annotations

import asyncio
import sysconfig
from collections.abc import Iterator
from types import FrameType
from typing import Any

_STANDARD_LIBRARY = sysconfig.get_path("stdlib")


def place(task: asyncio.Task[Any]) -> str:
    """Where a task waits: the innermost line that is not a library's own waiting."""
    frames = list(_frames(task.get_coro()))
    if not frames:
        return f"{task.get_name()} has not begun"
    own = [frame for frame in frames if not _is_of_a_library(frame.f_code.co_filename)]
    frame = (own or frames[:1])[-1]
    return f"{task.get_name()} in {frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"


def _frames(waiting: Any) -> Iterator[FrameType]:
    """Of a coroutine and of what it awaits, outermost first; `Task.get_stack` has the first of them alone."""
    while waiting is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(waiting, f"{kind}_frame", None)
            if frame is not None:
                yield frame
                waiting = getattr(waiting, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
                break
        else:
            return


def _is_of_a_library(file: str) -> bool:
    return "site-packages" in file or file.startswith(_STANDARD_LIBRARY)
