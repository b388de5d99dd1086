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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any
from weakref import WeakSet

from greenlet import GreenletExit, getcurrent

from .errors import ForeignThread, VirtualTimeError
from .hub import Hub, Strand
from .identity import Local, current_thread, ident
from .locks import VirtualLock
from .patches import replaced, replaced_where_imported, replaced_where_kept

_start, _join, _is_alive = threading.Thread.start, threading.Thread.join, threading.Thread.is_alive
_local, _queue = threading.local, queue.SimpleQueue
_wait = threading.Condition.wait
_submit = pools.ThreadPoolExecutor.submit
_POLL = 2_000
"""As how many looks at the clock it counts to wait for no time."""
_BRIEF = 1e-3
"""What one takes who has done that too often, in seconds."""
_OF_PROCESSES = frozenset({"concurrent.futures.process"})
"""Modules whose threads would hold up everybody."""
_POOLS: Any = pools
_INNARDS: Any = threading
_thread: Any = sys.modules["_thread"]
_QUEUE: Any = queue


class Threads:
    """The threads of one virtual time."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._idents = (-number for number in count(1))
        """None that a real thread could have."""
        self._alive: dict[threading.Thread, list[Any]] = {}
        """Each with the strands that wait for its end."""
        self._pools: WeakSet[Any] = WeakSet()
        """Executors that have been used."""

    def next_ident(self) -> int:
        return next(self._idents)

    def start(self, thread: threading.Thread) -> None:
        """Stands for `Thread.start`."""
        if not self._hub.is_here():
            _start(thread)
            return
        if thread._started.is_set():  # type: ignore[attr-defined]
            raise RuntimeError("threads can only be started once")
        if type(thread).__module__ in _OF_PROCESSES:
            _end_processes(thread)
            raise NotImplementedError("virtual time has no pools of processes, whose threads wait for real pipes")
        self._alive[thread] = []
        ident = self.next_ident()
        thread._ident = thread._native_id = ident  # type: ignore[attr-defined]
        _INNARDS._active[ident] = thread
        thread._started.set()  # type: ignore[attr-defined]
        self._hub.spawn(lambda: self._run(thread, ident), thread.name, ident).thread = thread

    def _run(self, thread: threading.Thread, ident: int) -> None:
        try:
            thread.run()
        except (GreenletExit, VirtualTimeError, KeyboardInterrupt):
            raise  # nothing of the program's: for whoever began all this
        except SystemExit:
            pass
        except BaseException:
            threading.excepthook(threading.ExceptHookArgs([*sys.exc_info(), thread]))
        finally:
            self._ended(thread, ident)

    def _ended(self, thread: threading.Thread, ident: int) -> None:
        _INNARDS._active.pop(ident, None)
        _POOLS._threads_queues.pop(thread, None)  # at its exit the interpreter would wait for it
        thread._is_stopped = True  # type: ignore[attr-defined]
        if hasattr(thread, "_handle"):
            thread._handle = _done()
        for waiting in self._alive.pop(thread, ()):
            self._hub.wake(waiting)

    def join(self, thread: threading.Thread, timeout: float | None = None) -> None:
        """Stands for `Thread.join`."""
        if thread not in self._alive:
            if type(thread).__module__ in _OF_PROCESSES and not thread._started.is_set():  # type: ignore[attr-defined]
                return  # it was refused, which the pool that it belongs to has still to come to terms with
            if not _is_ours(thread):  # else it has ended
                _join(thread, timeout)
            return
        if not self._hub.is_here():
            raise ForeignThread(f"a thread of the operating system cannot wait for {thread.name!r}, of virtual time")
        strand = getcurrent()
        if isinstance(strand, Strand) and strand.thread is thread:
            raise RuntimeError("cannot join current thread")
        waiting = self._alive[thread]
        waiting.append(strand)
        try:
            self._hub.park(None if timeout is None else max(0.0, timeout), f"thread {thread.name!r} to end")
        finally:
            waiting.remove(strand)

    def is_alive(self, thread: threading.Thread) -> bool:
        """Stands for `Thread.is_alive`."""
        return thread in self._alive if _is_ours(thread) else _is_alive(thread)

    def wait(self, condition: threading.Condition, timeout: float | None = None) -> bool:
        """Stands for `Condition.wait`. Some wait for no time at all, again and again, until it is late enough."""
        if timeout is not None and timeout <= 0 and self._hub.is_here() and self._hub.seems_busy(_POLL):
            timeout = _BRIEF
        return _wait(condition, timeout)

    def submit(self, pool: Any, *args: Any, **kwargs: Any) -> Any:
        """Stands for `ThreadPoolExecutor.submit`. One that was made before has a queue that blocks for real."""
        if self._hub.is_here() and pool not in self._pools and not pool._shutdown:
            if pool._threads:
                raise ForeignThread("an executor has threads of the operating system already: use it inside first")
            self._pools.add(pool)
            if isinstance(pool._work_queue, _queue):
                pool._work_queue = _QUEUE._PySimpleQueue()
        return _submit(pool, *args, **kwargs)

    def end(self) -> None:
        """End idle workers of executors as the interpreter does at its exit, then whatever is left."""
        kept = [pool for pool in self._pools if not pool._shutdown]
        _POOLS._shutdown, before = True, _POOLS._shutdown
        try:
            for thread, work in tuple(_POOLS._threads_queues.items()):
                if thread in self._alive:
                    work.put(None)
            self._hub.turn()
            self._hub.close()
        finally:
            _POOLS._shutdown = before
            for thread in tuple(self._alive):  # those that had not begun
                self._ended(thread, thread.ident or 0)
            for pool in kept:
                _renew(pool)


def _done() -> Any:
    """What says of a thread that it has ended, since Python 3.13."""
    handle = _thread._make_thread_handle(get_ident())
    handle._set_done()
    return handle


def _end_processes(manager: Any) -> None:
    """Those that a pool has forked before it starts the thread that looks after them: nobody else would end them. They
    have done nothing yet, and may hold a handler of SIGTERM that waits for an event loop of ours."""
    for process in manager.processes.values():
        process.kill()
        process.join()


def _is_ours(thread: threading.Thread) -> bool:
    return thread.ident is not None and thread.ident < 0


def _renew(pool: Any) -> None:
    """As it was when it was new: a program may keep it for longer than one virtual time."""
    pool._shutdown = False
    pool._threads = set()
    pool._idle_semaphore = threading.Semaphore(0)
    pool._work_queue = _queue()


_STAND_INS: dict[str, Any] = {
    "Lock": VirtualLock,
    "RLock": _INNARDS._PyRLock,
    "get_ident": ident,
    "current_thread": current_thread,
    "local": local,
}
"""One for all worlds, as those of `time` are."""
_IMPORTED: dict[Any, Any] = {
    **{vars(threading)[name]: stand_in for name, stand_in in _STAND_INS.items()},
    _queue: _QUEUE._PySimpleQueue,
}


@contextmanager
def virtual_threads(hub: Hub) -> Iterator[Threads]:
    """While this lasts, threads that this thread starts are strands."""
    threads = Threads(hub)

    def standing_for(method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **kwargs: method(*args, **kwargs)  # a function, to be a method of what it is put in

    with ExitStack() as stack:
        stack.enter_context(replaced(threading, _allocate_lock=VirtualLock, **_STAND_INS))
        methods = {name: standing_for(getattr(threads, name)) for name in ("start", "join", "is_alive")}
        stack.enter_context(replaced(threading.Thread, **methods))
        stack.enter_context(replaced(threading.Condition, wait=standing_for(threads.wait)))
        stack.enter_context(replaced(pools.ThreadPoolExecutor, submit=standing_for(threads.submit)))
        stack.enter_context(replaced_where_imported(_IMPORTED))
        stack.enter_context(replaced_where_kept(_local, Local))
        stack.callback(threads.end)
        yield threads
