"""Taps every connection pool of httpcore and httpcore2, under whatever client: what a call sends is labelled, and what
comes back is watched.

The methods by which pools take requests are replaced on the classes, so that it does not matter who made a client, or
when. The call is known by its context.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from brownout.fakes.http.heads import IDENTITY_HEADER
from brownout.fakes.virtual.patches import replaced

from ..current import CURRENT
from ..virtual.backends import LIBRARIES
from .exchange import Exchange
from .watch import Watch


@contextmanager
def tapped(is_served: Callable[[str, int | None], bool]) -> Iterator[None]:
    """While this lasts. `is_served`: whether a request to that host and port is one to the fake."""
    with ExitStack() as stack:
        for name in LIBRARIES:
            try:
                library = importlib.import_module(name)
            except ModuleNotFoundError:
                continue
            kinds = library.AsyncConnectionPool, library.ConnectionPool
            stack.enter_context(replaced(kinds[0], handle_async_request=_asynchronous(kinds[0], is_served)))
            stack.enter_context(replaced(kinds[1], handle_request=_blocking(kinds[1], is_served)))
        yield


def _asynchronous(pool: Any, is_served: Callable[[str, int | None], bool]) -> Callable[..., Any]:
    real = pool.handle_async_request

    async def handle_async_request(pool: Any, request: Any) -> Any:
        exchange = _begun(request, is_served)
        if exchange is None:
            return await real(pool, request)
        before = request.extensions.get("trace")

        async def trace(name: str, info: dict[str, Any]) -> None:
            exchange.traced(name)
            if before is not None:
                await before(name, info)

        request.extensions = {**request.extensions, "trace": trace}
        token = CURRENT.set(exchange)  # a connection that is opened meanwhile is for this request
        try:
            response = await real(pool, request)
        except BaseException as error:
            exchange.failed(error)
            raise
        finally:
            CURRENT.reset(token)
        return _answered(response, exchange, _AsyncBody)

    return handle_async_request


def _blocking(pool: Any, is_served: Callable[[str, int | None], bool]) -> Callable[..., Any]:
    real = pool.handle_request

    def handle_request(pool: Any, request: Any) -> Any:
        exchange = _begun(request, is_served)
        if exchange is None:
            return real(pool, request)
        before = request.extensions.get("trace")

        def trace(name: str, info: dict[str, Any]) -> None:
            exchange.traced(name)
            if before is not None:
                before(name, info)

        request.extensions = {**request.extensions, "trace": trace}
        token = CURRENT.set(exchange)
        try:
            response = real(pool, request)
        except BaseException as error:
            exchange.failed(error)
            raise
        finally:
            CURRENT.reset(token)
        return _answered(response, exchange, _Body)

    return handle_request


def _begun(request: Any, is_served: Callable[[str, int | None], bool]) -> Exchange | None:
    """Label it, if it is one of a call and goes to the fake."""
    watch = CURRENT.get()
    if not isinstance(watch, Watch) or not is_served(request.url.host.decode(), request.url.port):
        return None
    exchange = watch.begin()
    request.headers = [*request.headers, (IDENTITY_HEADER.encode(), str(exchange.who).encode())]
    return exchange


def _answered(response: Any, exchange: Exchange, body: Callable[[Any, Exchange], Any]) -> Any:
    """The same response, with a body that is read along with."""
    kinds = (value for name, value in response.headers if name.lower() == b"content-type")
    exchange.answered(response.status, any(kind.startswith(b"text/event-stream") for kind in kinds))
    response.stream = body(response.stream, exchange)
    return response


class _AsyncBody:
    """A body, for an event loop."""

    def __init__(self, inner: Any, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._exchange.read(chunk)
                yield chunk
        except BaseException as error:
            self._exchange.body_failed(error)
            raise
        self._exchange.body_ended()

    async def aclose(self) -> None:
        self._exchange.closed()
        await self._inner.aclose()


class _Body:
    """The same, for blocking code."""

    def __init__(self, inner: Any, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._inner:
                self._exchange.read(chunk)
                yield chunk
        except BaseException as error:
            self._exchange.body_failed(error)
            raise
        self._exchange.body_ended()

    def close(self) -> None:
        self._exchange.closed()
        self._inner.close()
