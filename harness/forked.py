"""Work done by a copy of this process: whatever it changes, or leaves behind, is gone with it."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

T = TypeVar("T")


class Ended(Exception):
    """The copy ended by itself before it was done. `code` as `subprocess` has it: negative for a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def forked(work: Callable[[], T]) -> T:
    """What it returns or raises, which has to be possible to pickle. What it prints goes nowhere.

    For processes with one busy thread: others are not copied, nor what they hold let go. Where there is no `fork` the
    work is done here. Raises `Ended`.
    """
    if not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    watched, held = os.pipe()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of the threads there may be
        child = os.fork()
    if not child:
        os.close(reading)
        os.close(held)
        _work(work, writing, watched)
    os.close(writing)
    os.close(watched)
    try:
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
    finally:
        os.close(held)
        _, status = os.waitpid(child, 0)
    if not answer:
        raise Ended(os.waitstatus_to_exitcode(status))
    value, error = pickle.loads(answer)
    if error is not None:
        raise error
    result: T = value
    return result


def _work(work: Callable[[], T], writing: int, watched: int) -> NoReturn:
    """The life of the copy."""
    answer = b""
    gc.freeze()  # what was there before is for no collector to look through, and to write to
    try:
        threading.Thread(target=_end_with, args=(watched,), daemon=True).start()
        sys.stdout = sys.stderr = nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to its end
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            done: tuple[T | None, BaseException | None] = work(), None
        except BaseException as error:
            done = None, error
        answer = pickle.dumps(done)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0 if answer else 1)


def _end_with(watched: int) -> None:
    """Whoever made the copy holds the other end: when that is gone, nobody waits for it."""
    os.read(watched, 1)
    os._exit(1)
