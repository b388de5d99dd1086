"""Threads as strands: what a program starts with `threading` takes turns in virtual time instead of running in real.

Only methods and factories of `threading` and `queue` are replaced, none of their innards: executors, events,
conditions, semaphores and queues are made of those, whoever made them.
"""

from __future__ import annotations

import concurrent.futures.thread as pools
import queue
import sys
import threading
from _thread import get_ident
from _threading_local import local
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

from greenlet import getcurrent

from .hub import Hub, Strand
from .locks import lock_factory
from .patches import replaced, replaced_where_imported

_start, _join, _is_alive = threading.Thread.start, threading.Thread.join, threading.Thread.is_alive
_current = threading.current_thread
_POOLS: Any = pools
_INNARDS: Any = threading


class Threads:
    """The threads of one virtual time."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._idents = (-number for number in count(1))
        """None that a real thread could have."""
        self._alive: dict[threading.Thread, list[Any]] = {}
        """Each with the strands that wait for its end."""
        self._by_strand: dict[Any, threading.Thread] = {}

    def ident(self) -> int:
        """Of whoever runs: to a reentrant lock, a strand is a thread of its own."""
        strand = getcurrent()
        return strand.ident if isinstance(strand, Strand) else get_ident()

    def next_ident(self) -> int:
        return next(self._idents)

    def current(self) -> threading.Thread:
        strand = getcurrent()
        if not isinstance(strand, Strand):
            return _current()
        return self._by_strand.get(strand, threading.main_thread())

    def start(self, thread: threading.Thread) -> None:
        """Stands for `Thread.start`."""
        if not self._hub.is_here():
            _start(thread)
            return
        if thread._started.is_set():  # type: ignore[attr-defined]
            raise RuntimeError("threads can only be started once")
        self._alive[thread] = []
        ident = self.next_ident()
        thread._ident = thread._native_id = ident  # type: ignore[attr-defined]
        _INNARDS._active[ident] = thread
        thread._started.set()  # type: ignore[attr-defined]
        strand = self._hub.spawn(lambda: self._run(thread, ident), thread.name, ident)
        self._by_strand[strand] = thread

    def _run(self, thread: threading.Thread, ident: int) -> None:
        try:
            thread.run()
        except Exception:
            threading.excepthook(threading.ExceptHookArgs([*sys.exc_info(), thread]))
        except SystemExit:
            pass
        finally:
            self._ended(thread, ident)

    def _ended(self, thread: threading.Thread, ident: int) -> None:
        self._by_strand.pop(getcurrent(), None)
        _INNARDS._active.pop(ident, None)
        _POOLS._threads_queues.pop(thread, None)  # at its exit the interpreter would wait for it
        thread._is_stopped = True  # type: ignore[attr-defined]
        for waiting in self._alive.pop(thread, ()):
            self._hub.wake(waiting)

    def join(self, thread: threading.Thread, timeout: float | None = None) -> None:
        """Stands for `Thread.join`."""
        if thread not in self._alive:
            if not (thread.ident is not None and thread.ident < 0):  # else one of ours that has ended
                _join(thread, timeout)
            return
        strand = getcurrent()
        if self._by_strand.get(strand) is thread:
            raise RuntimeError("cannot join current thread")
        waiting = self._alive[thread]
        waiting.append(strand)
        self._hub.park(None if timeout is None else max(0.0, timeout), f"thread {thread.name!r} to end")
        if strand in waiting:
            waiting.remove(strand)

    def is_alive(self, thread: threading.Thread) -> bool:
        """Stands for `Thread.is_alive`."""
        if thread.ident is not None and thread.ident < 0:
            return thread in self._alive
        return _is_alive(thread)

    def end(self) -> None:
        """End idle workers of executors as the interpreter does at its exit, then whatever is left."""
        _POOLS._shutdown, before = True, _POOLS._shutdown
        try:
            for thread, work in tuple(_POOLS._threads_queues.items()):
                if thread in self._alive:
                    work.put(None)
            self._hub.turn()
        finally:
            _POOLS._shutdown = before
        self._hub.close()
        for thread in tuple(self._alive):  # those that had not begun
            self._ended(thread, thread.ident or 0)


@contextmanager
def virtual_threads(hub: Hub) -> Iterator[Threads]:
    """While this lasts, threads that this thread starts are strands."""
    threads, lock = Threads(hub), lock_factory(hub, get_ident())
    reentrant: Any = _INNARDS._PyRLock

    def start(thread: threading.Thread) -> None:
        threads.start(thread)

    def join(thread: threading.Thread, timeout: float | None = None) -> None:
        threads.join(thread, timeout)

    def is_alive(thread: threading.Thread) -> bool:
        return threads.is_alive(thread)

    stand_ins = {
        "Lock": lock,
        "RLock": reentrant,
        "get_ident": lambda: threads.ident() if hub.is_here() else get_ident(),
        "current_thread": lambda: threads.current() if hub.is_here() else _current(),
        "local": local,
    }
    imported = {vars(threading)[name]: stand_in for name, stand_in in stand_ins.items()}
    with ExitStack() as stack:
        stack.enter_context(replaced(threading, _allocate_lock=lock, **stand_ins))
        stack.enter_context(replaced(threading.Thread, start=start, join=join, is_alive=is_alive))
        stack.enter_context(replaced_where_imported(imported | {queue.SimpleQueue: queue._PySimpleQueue}))  # type: ignore[attr-defined]
        stack.callback(threads.end)
        yield threads
