"""One process that does what it is told, one thing after the other, and the end of the pipe that tells it."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Mapping
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from threading import Thread
from traceback import format_exc
from typing import Any

from ..workload.traces import Rows
from .parcels import Missing, Parcel, opened

GRACE = 5.0
"""Seconds in which a process that is told to end has to."""
_CONTEXT = get_context("spawn")
"""A fresh interpreter for each: a fork would inherit whatever threads and locks the caller has."""


class Died(Exception):
    """The process is no more."""


class Process:
    """Started by a thread that `hold_interrupts`. A pipe of its own tells what it had in hand when it died: with a
    common one nobody knows, and half of a message would hold up everybody else's."""

    def __init__(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs,))
        self._process.start()
        theirs.close()  # or nobody would see when it ends

    def until_ready(self) -> None:
        """Until it has come up. Raises `Died`, which is then the fault of nothing that it was given."""
        self._received()

    def done(self, parcel: Parcel) -> tuple[Any, BaseException | None]:
        """What comes of it: a value, or an exception. Raises `Died`."""
        value, error = self._answer(parcel.work, {})
        return self._answer(*parcel) if isinstance(error, Missing) else (value, error)

    def _answer(self, work: bytes, large: Mapping[str, Rows]) -> tuple[Any, BaseException | None]:
        try:
            self._pipe.send_bytes(pickle.dumps((work, large)))
        except OSError:
            raise Died from None
        value, error = pickle.loads(self._received())
        return value, error

    def _received(self) -> bytes:
        try:
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise Died from None

    def terminate(self) -> None:
        """In the middle of whatever it does. `join` goes with it."""
        self._process.terminate()

    def join(self) -> None:
        """Until it has ended: soon, as nobody tells it anything any more."""
        self._pipe.close()
        self._process.join(GRACE)
        if self._process.is_alive():  # whoever has a handler for the signal may be in no state to run it
            self._process.kill()
            self._process.join()


def hold_interrupts() -> None:
    """Ctrl-C goes to every process of a terminal. It is for the parent alone, which hears of it in its main thread:
    what is started by a thread that holds it begins with it held, and keeps it so."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        resource_tracker.ensure_running()  # starts a process with the first of ours, and lets go of signals then
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _work(pipe: Connection) -> None:
    """The life of the process."""
    _end_with_parent()
    try:
        pipe.send_bytes(b"")
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))
    except (EOFError, OSError):  # nobody is there any more
        return


def _answer(message: bytes) -> bytes:
    """A pair: what came of it, or the exception that did."""
    try:
        function, arguments = opened(*pickle.loads(message))
        return pickle.dumps((function(*arguments), None))
    except BaseException as error:
        told = f"in a worker: {format_exc()}"
        try:
            error.add_note(told)
            answer = pickle.dumps((None, error))
            pickle.loads(answer)  # some can be packed and not unpacked
        except Exception:
            answer = pickle.dumps((None, RuntimeError(told)))
        return answer


def _end_with_parent() -> None:
    """One whose parent was killed would go on with what nobody will read."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
