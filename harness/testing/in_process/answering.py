"""One request of httpx, answered where it is made: HTTP's own client code on a connection in memory."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import httpcore
import httpx

from brownout.fakes.api.plain import Rejected
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.http.heads import IDENTITY_HEADER, RequestHead
from brownout.fakes.http.requests import read
from brownout.fakes.virtual.errors import NobodyCanProceed
from brownout.fakes.virtual.network import Dial, Network
from brownout.fakes.virtual.server import VirtualServer
from brownout.fakes.virtual.transport import MemorySocket

from ...drivers.virtual.streams import MemoryStream
from .clock import Clock
from .translated import twin

Turn = Callable[[], AbstractContextManager[None]]
_CHECKING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Clients are taken to check certificates: what they would say does not come here."""
_ORIGIN = httpcore.Origin(b"http", b"fake", 80)


class Server(VirtualServer):
    """The server of virtual time. What it tells clients about the time of day is for clients on the real clock."""

    def time_of_day(self) -> datetime:
        return datetime.now(UTC)


class Desk:
    """Answers request after request, each on a connection of its own."""

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self.clock = clock
        self._caller: tuple[Identity, bool] | None = None
        self.server = Server(endpoint, clock, lambda: self._caller)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The response, whose body comes as it is read. Raises what httpx does, at once or while it is read."""
        with self._turn(request):
            self._caller = self._who(request)
            connection = self._connected(request)
            response = connection.handle_request(self._sent(request))
            body = _Body(response, connection, lambda: self._turn(request))
            return httpx.Response(
                response.status, headers=response.headers, stream=body, extensions=response.extensions, request=request
            )

    @contextmanager
    def _turn(self, request: httpx.Request) -> Iterator[None]:
        with self.clock.visited():
            try:
                yield
            except NobodyCanProceed as error:
                raise NobodyCanProceed(
                    f"{request.method} {request.url} would wait for ever: nothing more comes, and it has no timeout "
                    "for that. In production this program would hang"
                ) from error
            except Exception as error:
                if (told := twin(error, httpx, request)) is None:
                    raise
                raise told from error

    def _who(self, request: httpx.Request) -> tuple[Identity, bool] | None:
        """Whose it is, and whether it streams, so that a fault can keep out this one alone; None if it is no request
        to the service."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        head = RequestHead(request.method, request.url.raw_path.decode("latin-1"), headers)
        if not head.is_message:
            return None
        try:
            asked = read(head, request.content, self.server.register)
        except Rejected:
            return None
        return asked.who, asked.stream

    def _sent(self, request: httpx.Request) -> httpcore.Request:
        """The same for httpcore, with a name that the server need not give a second time."""
        headers = list(request.headers.raw)
        if self._caller is not None and IDENTITY_HEADER not in request.headers:
            headers.append((IDENTITY_HEADER.encode(), str(self._caller[0]).encode()))
        url = httpcore.URL(
            scheme=_ORIGIN.scheme, host=_ORIGIN.host, port=_ORIGIN.port, target=request.url.raw_path or b"/"
        )
        return httpcore.Request(
            request.method, url, headers=headers, content=request.content, extensions=request.extensions
        )

    def _connected(self, request: httpx.Request) -> httpcore.HTTP11Connection:
        results: list[MemorySocket | OSError] = []
        waiter = self.clock.waiter()

        def done(result: MemorySocket | OSError) -> None:
            results.append(result)
            waiter.wake()

        dial = Dial(self.clock, self.server, done)
        try:
            waiter.wait(_limit(request, "connect"), "a connection")
        finally:
            dial.cancel()
        if not results:
            raise httpcore.ConnectTimeout("no connection came up")
        if isinstance(results[0], OSError):
            raise httpcore.ConnectError(str(results[0])) from results[0]
        stream: Any = MemoryStream(httpcore, Network(self.clock), results[0])
        if request.url.scheme == "https":
            stream = stream.start_tls(_CHECKING, request.url.host, _limit(request, "connect"))
        return httpcore.HTTP11Connection(_ORIGIN, stream)


def _limit(request: httpx.Request, what: str) -> float | None:
    limits: dict[str, float | None] = request.extensions.get("timeout", {})
    return limits.get(what)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The rest of an answer, for either kind of client: whoever asks for more lets the clock go on."""

    def __init__(self, response: httpcore.Response, connection: httpcore.HTTP11Connection, turn: Turn) -> None:
        self._response = response
        self._connection = connection
        self._turn = turn

    def __iter__(self) -> Iterator[bytes]:
        chunks = self._response.iter_stream()
        while True:
            with self._turn():
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        with self._turn(), ExitStack() as stack:
            stack.callback(self._connection.close)
            stack.callback(self._response.close)

    async def aclose(self) -> None:
        self.close()
