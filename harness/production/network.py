"""The boundary between the blocking HTTP library and its sockets, where a limit can interrupt a read.

The backend of the pools in the application's own client is wrapped, once. For whatever is not a call of ours the
wrapper does nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any
from weakref import WeakMethod

from .guard import Guard
from .sending import CURRENT


def install(http_client: Any) -> None:
    """Wrap the network under an HTTP client. A transport that is not the library's own has no such boundary: there the
    limits cut the timeouts of each request, no more."""
    for pool in _pools(http_client):
        if not isinstance(pool._network_backend, LimitedBackend):
            library = import_module(type(pool).__module__.partition(".")[0])
            pool._network_backend = LimitedBackend(library, pool._network_backend)
            for connection in pool.connections:
                inner: Any = getattr(connection, "_connection", None)
                if (stream := getattr(inner, "_network_stream", None)) is not None:
                    inner._network_stream = LimitedStream(library, stream)


def _pools(http_client: Any) -> Iterator[Any]:
    transports = [getattr(http_client, "_transport", None), *getattr(http_client, "_mounts", {}).values()]
    pools = (getattr(transport, "_pool", None) for transport in transports)
    return (pool for pool in pools if hasattr(pool, "_network_backend"))


def _guard() -> Guard | None:
    guard = CURRENT.get()
    return guard if isinstance(guard, Guard) else None


def paced(seconds_of: Callable[..., float]) -> Callable[..., float]:
    """The SDK's own wait before it tries again, which nothing could interrupt while it sleeps: we do it instead, and
    leave it none. `seconds_of` is its method that says how long."""
    weakly = WeakMethod(seconds_of)  # it is kept by the client whose method it is

    def paced(*args: Any, **given: Any) -> float:
        of_client = weakly()
        assert of_client is not None
        seconds, guard = of_client(*args, **given), _guard()
        if guard is None:
            return seconds
        guard.pause(seconds)
        return 0.0

    return paced


class LimitedBackend:
    """Opens connections within the limits of the call that opens them."""

    def __init__(self, library: Any, inner: Any) -> None:
        self._library = library
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> LimitedStream:
        return self._connect(self._inner.connect_tcp, timeout, host=host, port=port, **options)

    def connect_unix_socket(self, path: str, timeout: float | None = None, **options: Any) -> LimitedStream:
        return self._connect(self._inner.connect_unix_socket, timeout, path=path, **options)

    def _connect(self, connect: Any, timeout: float | None, **options: Any) -> LimitedStream:
        return LimitedStream(self._library, _within(self._library, connect, timeout, **options))


def _within(library: Any, do: Any, timeout: float | None, **options: Any) -> Any:
    """Something that cannot be gone on with when it was interrupted."""
    guard = _guard()
    if guard is None:
        return do(timeout=timeout, **options)
    try:
        return do(timeout=guard.cut(timeout), **options)
    except library.TimeoutException:
        guard.has_timed_out()
        raise


class LimitedStream:
    """A connection. `guard` is that of the call whose request it carries."""

    def __init__(self, library: Any, inner: Any) -> None:
        self._library = library
        self.inner = inner
        self.timed_out: type[Exception] = library.TimeoutException
        self.guard: Guard | None = None
        self.read: Callable[..., bytes] = inner.read
        """The guard's, while it has one."""

    def is_free(self) -> None:
        """Nobody's limits are kept on it any more."""
        self.guard = None
        self.read = self.inner.read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        guard = _guard()
        if guard is not self.guard:
            self.is_free()
            self.guard = guard
            if guard is not None:
                guard.has(self)
        if guard is None or guard.allows(timeout):
            self.inner.write(buffer, timeout)
        else:
            _within(self._library, self.inner.write, timeout, buffer=buffer)

    def close(self) -> None:
        self.inner.close()

    def hang_up(self) -> None:
        """From another thread: what is blocked on it returns. Closing it is for whoever uses it."""
        sock = self.inner.get_extra_info("socket")
        with suppress(OSError, TypeError, ValueError):  # it is closed, or is none
            # Of a TLS socket, too, the plain method: its own would take the TLS object from under a read.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        """The same connection, spoken to in secret."""
        given = {"ssl_context": ssl_context, "server_hostname": server_hostname}
        return LimitedStream(self._library, _within(self._library, self.inner.start_tls, timeout, **given))

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)
