"""A network in memory, under the connection pool of either HTTP library: sockets whose server is the test."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch


class Clock:
    """The time that the pool sees."""

    def __init__(self) -> None:
        self.now = 0.0

    @contextmanager
    def rules(self, library: str) -> Iterator[None]:
        """While this lasts, `library` (httpcore or httpcore2) reads this clock."""
        http11 = importlib.import_module(f"{library}._async.http11")
        with patch.object(http11, "time", SimpleNamespace(monotonic=lambda: self.now)):
            yield


class Socket:
    """A connection. `number` counts from 1 in the order in which they were opened."""

    def __init__(self, number: int, clock: Clock, on_request: Callable[[Socket, str], None]) -> None:
        self.number = number
        self.is_readable = self.is_closed = False
        """Readable while idle: the server has closed it."""
        self.requests = 0
        self._clock = clock
        self._on_request = on_request
        self._inbox: asyncio.Queue[bytes | type[Exception]] = asyncio.Queue()

    def feed(self, *items: bytes | type[Exception]) -> None:
        """Have these read next: bytes, nothing (the server's FIN), or what the read raises."""
        for item in items:
            self._inbox.put_nowait(item)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        item = await self._inbox.get()
        if isinstance(item, bytes):
            return item
        if "Timeout" in item.__name__:
            assert timeout is not None
            self._clock.now += timeout
        raise item

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer.startswith((b"GET ", b"POST ")):
            self.requests += 1
            self._on_request(self, buffer.split()[1].decode())

    async def aclose(self) -> None:
        self.is_closed = True

    def get_extra_info(self, info: str) -> Any:
        return self.is_readable if info == "is_readable" else None


class Network:
    """Opens sockets. `on_connect` may raise instead; `on_request` is told each request and its target."""

    def __init__(
        self,
        clock: Clock,
        on_request: Callable[[Socket, str], None],
        on_connect: Callable[[], None] = lambda: None,
    ) -> None:
        self.sockets: list[Socket] = []
        self._clock = clock
        self._on_request = on_request
        self._on_connect = on_connect

    async def connect_tcp(self, **_: Any) -> Socket:
        self._on_connect()
        socket = Socket(len(self.sockets) + 1, self._clock, self._on_request)
        self.sockets.append(socket)
        return socket
