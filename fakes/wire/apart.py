"""A server on the wire in a thread of its own, for programs that may hold up theirs."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from ..endpoint import Endpoint
from .server import WireServer

T = TypeVar("T")

_TURNS = 5
"""Of the server's event loop, in which what the program has just done, such as to close a connection, arrives."""


class WireThread:
    """One port for as long as it is entered. Everything that touches the server or its endpoint has to be done in its
    thread."""

    def __init__(
        self,
        endpoint: Endpoint,
        tls: ssl.SSLContext | None = None,
        untrusted: Mapping[str, ssl.SSLContext] | None = None,
    ) -> None:
        self.server = WireServer(endpoint, tls=tls, untrusted=untrusted)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="brownout wire server", daemon=True)

    @property
    def url(self) -> str:
        return self.server.url

    def open(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._await(self.server.start())

    def close(self) -> None:
        """Give the port back."""
        self._await(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def do(self, what: Callable[[], T]) -> T:
        """What it returns, once everything has arrived that was sent before."""

        async def settled() -> T:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            return what()

        return self._await(settled())

    def tell(self, what: Callable[[], object]) -> None:
        """The same for whoever does not wait for it."""
        self._loop.call_soon_threadsafe(what)

    def call_later(self, seconds: float, what: Callable[[], object]) -> asyncio.TimerHandle:
        """The same in real seconds from now; to be called in its thread."""
        return self._loop.call_later(seconds, what)

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
