"""Whatever stands on httpcore or httpcore2 connects to the network in memory: one boundary for every HTTP client.

The methods by which their backends connect are replaced on the classes, so that it does not matter who made a client,
or when. Exceptions are those of the library, as its own backends map them.
"""

from __future__ import annotations

import asyncio
import importlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from greenlet import getcurrent

from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.network import Network
from brownout.fakes.virtual.patches import replaced
from brownout.fakes.virtual.transport import MemorySocket

LIBRARIES = ("httpcore2", "httpcore")


@contextmanager
def in_memory(network: Network) -> Iterator[None]:
    """While this lasts, each of the two libraries that is installed connects to this network, and to nothing else."""
    with ExitStack() as stack:
        for name in LIBRARIES:
            try:
                library = importlib.import_module(name)
            except ModuleNotFoundError:
                continue
            for owner, methods in _methods(library, network):
                stack.enter_context(replaced(owner, **methods))
        yield


def _methods(library: Any, network: Network) -> Iterator[tuple[Any, dict[str, Callable[..., Any]]]]:
    async def connect(_: Any, host: str, port: int, timeout: float | None = None, **__: Any) -> AsyncMemoryStream:
        return await _connect(library, network, host, port, timeout)

    def connect_blocking(_: Any, host: str, port: int, timeout: float | None = None, **__: Any) -> MemoryStream:
        return _connect_blocking(library, network, host, port, timeout)

    async def connect_unix(_: Any, path: str, **__: Any) -> NoReturn:
        raise library.ConnectError(str(network.refuse(path)))

    def connect_unix_blocking(_: Any, path: str, **__: Any) -> NoReturn:
        raise library.ConnectError(str(network.refuse(path)))

    auto = importlib.import_module(f"{library.__name__}._backends.auto").AutoBackend
    for owner in (auto, library.AnyIOBackend):
        yield owner, {"connect_tcp": connect, "connect_unix_socket": connect_unix}
    yield library.SyncBackend, {"connect_tcp": connect_blocking, "connect_unix_socket": connect_unix_blocking}


# -- opening


async def _connect(library: Any, network: Network, host: str, port: int, timeout: float | None) -> AsyncMemoryStream:
    opened: asyncio.Future[MemorySocket | OSError] = asyncio.get_running_loop().create_future()
    try:
        dial = network.dial(host, port, lambda result: None if opened.done() else opened.set_result(result))
    except NotRouted as error:
        raise library.ConnectError(str(error)) from error
    if not await _in_time(network, opened, timeout, dial.cancel):
        raise library.ConnectTimeout
    return AsyncMemoryStream(library, network, _checked(library, opened.result()))


def _connect_blocking(library: Any, network: Network, host: str, port: int, timeout: float | None) -> MemoryStream:
    strand, results = getcurrent(), list[MemorySocket | OSError]()

    def done(result: MemorySocket | OSError) -> None:
        results.append(result)
        network.hub.wake(strand)

    try:
        dial = network.dial(host, port, done)
    except NotRouted as error:
        raise library.ConnectError(str(error)) from error
    try:
        network.hub.park(timeout, f"a connection to {host}:{port}")
    finally:
        dial.cancel()
    if not results:
        raise library.ConnectTimeout
    return MemoryStream(library, network, _checked(library, results[0]))


def _checked(library: Any, result: MemorySocket | OSError) -> MemorySocket:
    if isinstance(result, OSError):
        raise library.ConnectError(str(result)) from result
    return result


async def _in_time(
    network: Network,
    future: asyncio.Future[Any],
    timeout: float | None,
    cancel: Callable[[], object] = lambda: None,
) -> bool:
    """Whether the future had its result in time; where not, or when the task is cancelled, it is called off."""
    expired: list[bool] = []

    def expire() -> None:
        if not future.done():
            expired.append(True)
            future.set_result(None)

    limit = None if timeout is None else network.hub.call_later(timeout, expire)
    try:
        await future
    except BaseException:
        cancel()
        raise
    finally:
        if limit is not None:
            limit.cancel()
    if expired:
        cancel()
    return not expired


# -- connections


class _Stream:
    """What both kinds have in common: the socket, and how its errors are told."""

    def __init__(self, library: Any, network: Network, socket: MemorySocket) -> None:
        self._library = library
        self._network = network
        self._socket = socket

    def get_extra_info(self, info: str) -> Any:
        return self._socket.is_readable if info == "is_readable" else None

    def _recv(self, most: int) -> bytes | None:
        try:
            return self._socket.recv(most)
        except OSError as error:
            raise self._library.ReadError(str(error)) from error

    def _send(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except OSError as error:
            raise self._library.WriteError(str(error)) from error

    def _tls_failed(self) -> NoReturn:
        self._socket.close()
        error = ssl.SSLError(1, "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] the server ended the handshake")
        raise self._library.ConnectError(str(error)) from error

    def _tls_timed_out(self) -> NoReturn:
        self._socket.close()
        raise self._library.ConnectTimeout


class AsyncMemoryStream(_Stream):
    """For an event loop."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while (data := self._recv(max_bytes)) is None:
            if not await self._wait("on_readable", timeout):
                raise self._library.ReadTimeout
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            sent = self._send(buffer)
            buffer = buffer[sent:]
            if buffer and not await self._wait("on_writable", timeout):
                raise self._library.WriteTimeout

    async def aclose(self) -> None:
        self._socket.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncMemoryStream:
        match self._socket.tls:
            case "fails":
                self._tls_failed()
            case "hangs":
                await self._wait("on_readable", timeout)
                self._tls_timed_out()
        return self

    async def _wait(self, what: str, timeout: float | None) -> bool:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        setattr(self._socket, what, lambda: None if future.done() else future.set_result(None))
        try:
            return await _in_time(self._network, future, timeout)
        finally:
            setattr(self._socket, what, None)


class MemoryStream(_Stream):
    """For blocking code: who waits lets the other strands go on."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while (data := self._recv(max_bytes)) is None:
            if not self._wait("on_readable", timeout, "an answer"):
                raise self._library.ReadTimeout
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            sent = self._send(buffer)
            buffer = buffer[sent:]
            if buffer and not self._wait("on_writable", timeout, "the server to read"):
                raise self._library.WriteTimeout

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> MemoryStream:
        match self._socket.tls:
            case "fails":
                self._tls_failed()
            case "hangs":
                self._wait("on_readable", timeout, "TLS")
                self._tls_timed_out()
        return self

    def _wait(self, what: str, timeout: float | None, why: str) -> bool:
        hub, strand = self._network.hub, getcurrent()
        setattr(self._socket, what, lambda: hub.wake(strand))
        try:
            return hub.park(timeout, why)
        finally:
            setattr(self._socket, what, None)
