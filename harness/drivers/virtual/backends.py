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
from functools import partial
from typing import Any, NoReturn, TypeVar

from greenlet import getcurrent

from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.network import Network
from brownout.fakes.virtual.patches import replaced
from brownout.fakes.virtual.transport import MemorySocket

T = TypeVar("T")

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
    opened: asyncio.Future[MemorySocket | OSError | None] = asyncio.get_running_loop().create_future()

    def done(result: MemorySocket | OSError) -> None:
        if not _settle(opened, result):
            _discard(result)

    try:
        dial = network.dial(host, port, done)
    except NotRouted as error:
        raise library.ConnectError(str(error)) from error
    limit = None if timeout is None else network.hub.call_later(timeout, _settle, opened, None)
    try:
        result = await opened
    except BaseException:
        if opened.done() and not opened.cancelled():
            _discard(opened.result())
        raise
    finally:
        dial.cancel()
        if limit is not None:
            limit.cancel()
    if result is None:
        raise library.ConnectTimeout
    return AsyncMemoryStream(library, network, _checked(library, result))


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
    except BaseException:
        for result in results:
            _discard(result)
        raise
    finally:
        dial.cancel()
    if not results:
        raise library.ConnectTimeout
    return MemoryStream(library, network, _checked(library, results[0]))


def _discard(result: MemorySocket | OSError | None) -> None:
    """It was opened in the instant in which whoever wanted it went away."""
    if isinstance(result, MemorySocket):
        result.close()


def _checked(library: Any, result: MemorySocket | OSError) -> MemorySocket:
    if isinstance(result, OSError):
        raise library.ConnectError(str(result)) from result
    return result


def _settle(future: asyncio.Future[T], result: T) -> bool:
    """Whether the future had to be told."""
    if future.done():
        return False
    future.set_result(result)
    return True


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

    def _tls_is_over(self, is_told: bool) -> NoReturn:
        """`is_told`: the server ended it."""
        if is_told:
            self._tls_failed()
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
                self._tls_is_over(await self._handshake(timeout))
        return self

    async def _handshake(self, timeout: float | None) -> bool:
        try:
            return await self._wait("on_readable", timeout)
        except BaseException:
            self._socket.close()
            raise

    async def _wait(self, what: str, timeout: float | None) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        setattr(self._socket, what, partial(_settle, future, True))
        limit = None if timeout is None else self._network.hub.call_later(timeout, _settle, future, False)
        try:
            return await future
        finally:
            setattr(self._socket, what, None)
            if limit is not None:
                limit.cancel()


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
                self._tls_is_over(self._handshake(timeout))
        return self

    def _handshake(self, timeout: float | None) -> bool:
        try:
            return self._wait("on_readable", timeout, "TLS")
        except BaseException:
            self._socket.close()
            raise

    def _wait(self, what: str, timeout: float | None, why: str) -> bool:
        hub, strand = self._network.hub, getcurrent()
        setattr(self._socket, what, lambda: hub.wake(strand))
        try:
            return hub.park(timeout, why)
        finally:
            setattr(self._socket, what, None)
