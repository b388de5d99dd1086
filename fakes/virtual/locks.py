"""A lock that strands wait for in virtual time. Everything else in `threading` and `queue` is made of locks."""

from __future__ import annotations

from _thread import allocate_lock, get_ident
from collections import deque
from collections.abc import Callable
from typing import Any

from greenlet import getcurrent, greenlet

from .hub import Hub


def lock_factory(hub: Hub, thread: int) -> Callable[[], Any]:
    """What stands for `threading.Lock` while virtual time rules in this thread of the operating system."""

    def lock() -> Any:
        return VirtualLock(hub) if get_ident() == thread else allocate_lock()

    return lock


class VirtualLock:
    """Behaves as `threading.Lock`; once virtual time is over, as a real one."""

    __slots__ = ("__weakref__", "_hub", "_real", "_waiting")

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._real = allocate_lock()
        self._waiting: deque[greenlet] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if self._real.acquire(False):
            return True
        if not blocking:
            return False
        if not self._hub.is_here():
            return self._real.acquire(True, timeout)
        return self._wait(None if timeout == -1 else self._hub.time() + timeout)

    def _wait(self, until: float | None) -> bool:
        strand = getcurrent()
        self._waiting.append(strand)
        try:
            while self._hub.park_until(until, "a lock, an event or a queue"):
                if self._real.acquire(False):
                    return True
            return self._real.acquire(False)
        finally:
            self._waiting.remove(strand)
            if self._waiting and not self._real.locked():
                self._hub.wake(self._waiting[0])  # it was called for us, who are gone

    def release(self) -> None:
        self._real.release()
        if self._waiting:
            self._hub.wake(self._waiting[0])

    def locked(self) -> bool:
        return self._real.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _at_fork_reinit(self) -> None:
        self._real = allocate_lock()
        self._waiting.clear()

    def __repr__(self) -> str:
        return f"<{'locked' if self.locked() else 'unlocked'} VirtualLock at {id(self):#x}>"
