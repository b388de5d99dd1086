"""A lock that strands wait for in virtual time. Everything else in `threading` and `queue` is made of locks."""

from __future__ import annotations

from _thread import allocate_lock
from collections import deque
from typing import Any

from greenlet import getcurrent, greenlet

from .hub import Hub, here


class VirtualLock:
    """Stands for `threading.Lock`. Where virtual time does not rule it is a real one, and behaves as one."""

    __slots__ = ("__weakref__", "_real", "_waiting")

    _real: Any
    _waiting: deque[greenlet]

    def __new__(cls) -> Any:
        real = allocate_lock()
        if here() is None:
            return real
        lock = super().__new__(cls)
        lock._real, lock._waiting = real, deque()
        return lock

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if self._real.acquire(False):
            return True
        if not blocking:
            return False
        hub = here()
        if hub is None:
            return bool(self._real.acquire(True, timeout))
        return self._wait(hub, None if timeout == -1 else hub.time() + timeout)

    def _wait(self, hub: Hub, until: float | None) -> bool:
        strand = getcurrent()
        self._waiting.append(strand)
        try:
            while hub.park_until(until, "a lock, an event or a queue"):
                if self._real.acquire(False):
                    return True
            return bool(self._real.acquire(False))
        finally:
            self._waiting.remove(strand)
            if not self._real.locked():
                self._wake_next()  # it was called for us, who are gone

    def release(self) -> None:
        self._real.release()
        self._wake_next()

    def _wake_next(self) -> None:
        if self._waiting and (hub := here()) is not None:
            hub.wake(self._waiting[0])

    def locked(self) -> bool:
        return bool(self._real.locked())

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _at_fork_reinit(self) -> None:
        self._real = allocate_lock()
        self._waiting.clear()

    def __repr__(self) -> str:
        return f"<{'locked' if self.locked() else 'unlocked'} VirtualLock at {id(self):#x}>"
