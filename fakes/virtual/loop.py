"""An asyncio event loop whose waiting takes virtual time. Any number of them may run, each in a strand of its own."""

from __future__ import annotations

import asyncio
import math
from asyncio import events
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import Context
from heapq import heappush
from itertools import count
from typing import Any, NoReturn

from greenlet import getcurrent, greenlet

from .errors import ForeignThread
from .hub import Hub
from .places import place

_EXECUTOR_THREADS = 32
"""The most that asyncio's own executor has on any machine; fixed, so that results do not depend on the cores."""


class _TimerHandle(asyncio.TimerHandle):
    """asyncio compares handles by their time alone: those due together would run in an order of no meaning."""

    __slots__ = ("number",)
    number: int

    def __lt__(self, other: Any) -> bool:
        mine, its = self.when(), other.when()
        return bool(mine < its or (mine == its and self.number < other.number))


class _Selector:
    """Waits for the hub instead of for sockets, of which a loop in virtual time has none."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None = None) -> tuple[()]:
        self._loop.wait(timeout)
        return ()

    def close(self) -> None:
        pass


class VirtualLoop(asyncio.SelectorEventLoop):
    """Everything of asyncio that needs no real socket, pipe or process."""

    _scheduled: list[Any]
    _ready: Any

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._numbers = count()
        self._parked: greenlet | None = None
        super().__init__(_Selector(self))  # type: ignore[arg-type]

    def belongs_to(self, hub: Hub) -> bool:
        """Whether it lives in this virtual time, rather than in one that has ended."""
        return self._hub is hub

    def time(self) -> float:
        return self._hub.time()

    @property
    def _clock_resolution(self) -> float:
        """How much before its time a timer may fire: not at all. asyncio takes what a machine's clock resolves; here
        that would be lost in rounding once much time has passed, and the loop would never be done."""
        return math.ulp(self._hub.time())

    @_clock_resolution.setter
    def _clock_resolution(self, _: float) -> None:
        pass

    # -- waiting

    def wait(self, timeout: float | None) -> None:
        """Wait until there is something to do: for as long as asyncio says."""
        if timeout is not None and timeout <= 0.0:
            self._hub.turn()
            return
        self._parked = getcurrent()
        try:
            self._hub.park_until(self._scheduled[0].when() if self._scheduled else None, self._who_waits)
        finally:
            self._parked = None

    def _wake(self) -> None:
        if self._parked is not None:
            self._hub.wake(self._parked)

    def _who_waits(self) -> str:
        tasks = sorted(asyncio.all_tasks(self), key=asyncio.Task.get_name)
        return "\n".join(["something for its event loop to do; its tasks:", *(f"    {place(task)}" for task in tasks)])

    # -- asyncio's side

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        self._check_closed()  # type: ignore[attr-defined]
        handle = events.Handle(callback, args, self, context)
        self._ready.append(handle)
        if self._parked is not None:
            self._wake()
        return handle

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        if not self._hub.is_here():
            raise ForeignThread(
                "an event loop in virtual time was called from another thread of the operating system: such a thread "
                "runs in real time, and whatever waits for it would see no time pass. Start threads inside."
            )
        return self.call_soon(callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        self._check_closed()  # type: ignore[attr-defined]
        handle = _TimerHandle(when, callback, args, self, context)
        handle.number = next(self._numbers)
        heappush(self._scheduled, handle)
        handle._scheduled = True  # type: ignore[attr-defined]
        if self._parked is not None:
            self._wake()  # it may be due before what the loop waits for
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._hub.time() + delay, callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> Any:
        if executor is None and self._default_executor is None:  # type: ignore[attr-defined]
            self.set_default_executor(ThreadPoolExecutor(_EXECUTOR_THREADS, thread_name_prefix="asyncio"))
        return super().run_in_executor(executor, func, *args)

    def _make_self_pipe(self) -> None:
        pass

    def _close_self_pipe(self) -> None:
        pass

    def _write_to_self(self) -> None:
        self._wake()

    # -- what would be real

    def _is_real(self, *_: object, **__: object) -> NoReturn:
        raise NotImplementedError("virtual time has no real sockets, pipes, signals or processes")

    _add_reader = add_reader = _add_writer = add_writer = add_signal_handler = _is_real
    _make_socket_transport = _make_ssl_transport = _make_datagram_transport = _is_real

    async def _is_real_too(self, *_: object, **__: object) -> NoReturn:
        self._is_real()

    connect_read_pipe = connect_write_pipe = subprocess_exec = subprocess_shell = _is_real_too
    create_server = create_unix_server = create_unix_connection = create_datagram_endpoint = _is_real_too
