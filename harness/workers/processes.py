"""An executor of processes, in which what kills its process is tried again, and harms nothing else.

A `ProcessPoolExecutor` loses everything that it was given when one of its processes dies, and cannot tell which of it
was at fault. Here each process has a thread that hands it one thing at a time, and knows what that was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Condition, Thread
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from .died import NoWorkers
from .hand import Hand
from .parcels import packed
from .process import Process, hold_interrupts

T = TypeVar("T")
P = ParamSpec("P")
_Task = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Processes(Executor):
    """So many at the most, begun as they are needed. What kills three of them raises `WorkersDied`, itself alone.
    Leaving a `with` by an exception ends all of them at once; what is not finished is of no use to anybody."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._changed = Condition()
        """Guards all that follows."""
        self._waiting: deque[_Task] = deque()
        self._threads: list[Thread] = []
        self._processes: set[Process] = set()
        self._idle = 0
        self._takes_more = True
        self._is_stopped = False

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Arguments by position alone. Raises `RuntimeError` once it was shut down."""
        assert not kwargs
        future: Future[T] = Future()
        with self._changed:
            if not self._takes_more:
                raise RuntimeError("shut down")
            self._waiting.append((future, function, args))
            if len(self._waiting) > self._idle and len(self._threads) < self._count:
                self._threads.append(Thread(target=self._serve, daemon=True))
                self._threads[-1].start()
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """No more than what was submitted; less if `cancel_futures`."""
        with self._changed:
            self._takes_more = False
            if cancel_futures:
                while self._waiting:
                    self._waiting.pop()[0].cancel()
            self._changed.notify_all()
        if wait:
            for thread in self._threads:
                thread.join()

    def stop(self) -> None:
        """At once."""
        with self._changed:
            self._is_stopped = True
            for process in self._processes:
                process.terminate()
        self.shutdown(cancel_futures=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.shutdown()
        else:
            self.stop()

    def _serve(self) -> None:
        """The life of a thread."""
        hold_interrupts()
        hand = Hand(self._begin, self._ended)
        while (task := self._next()) is not None:
            future, function, arguments = task
            if future.set_running_or_notify_cancel():
                _settle(future, hand, function, arguments)
            del task, future  # whoever reads a result keeps it, and nobody else
        hand.close()

    def _next(self) -> _Task | None:
        """None when there will be no other."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting or not self._takes_more)
            self._idle -= 1
            return self._waiting.popleft() if self._waiting else None

    def _begin(self) -> Process:
        with self._changed:
            if self._is_stopped:
                raise NoWorkers("stopped")
            process = Process()
            self._processes.add(process)
            return process

    def _ended(self, process: Process) -> None:
        with self._changed:
            self._processes.discard(process)


def _settle(future: Future[Any], hand: Hand, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        value, error = hand.done(packed(function, arguments))
    except BaseException as raised:  # what cannot be packed, too
        value, error = None, raised
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
