"""Whatever stands on httpcore or httpcore2 connects to the network in memory: one boundary for every HTTP client.

The methods by which their backends connect are replaced on the classes, so that it does not matter who made a client,
or when. Exceptions are those of the library, as its own backends map them.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from greenlet import getcurrent

from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.network import Network
from brownout.fakes.virtual.patches import replaced
from brownout.fakes.virtual.transport import MemorySocket

from .streams import AsyncMemoryStream, MemoryStream, settle

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
        if not settle(opened, result):
            _discard(result)

    try:
        dial = network.dial(host, port, done)
    except NotRouted as error:
        raise library.ConnectError(str(error)) from error
    limit = None if timeout is None else network.hub.call_later(timeout, settle, opened, None)
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
