"""Gives every HTTP request its identity, and records what became of it: below the SDK's retries, above the sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from brownout.fakes.draws import Identity
from brownout.fakes.http.heads import IDENTITY_HEADER

from ...policies.call import Call
from ...policies.outcome import Outcome
from ...records import AttemptRecord, WaitRecord
from ..content import Content
from ..current import CURRENT
from .classify import of_attempt
from .library import http


@dataclass(slots=True)
class _Open:
    """A request that was answered with status 200 and is still being read."""

    who: Identity
    started: float
    is_fresh: bool
    content: Content


class Watch:
    """Follows one call of the SDK: its HTTP requests, and its waits between them. `connecting` is told before a
    connection is opened, `refused` when it was refused: neither may be seen by the server."""

    def __init__(
        self,
        call: Call,
        now: Callable[[], float],
        record: Callable[[Any], None],
        connecting: Callable[[Identity, bool], object] = lambda who, stream: None,
        refused: Callable[[Identity, bool], object] = lambda who, stream: None,
    ) -> None:
        self.call = call
        self.who: Identity | None = None
        """Of the request that was begun last."""
        self.last_text = 0.0
        """When the last content came of a stream that has ended."""
        self._connecting = connecting
        self._refused = refused
        self._now = now
        self._record = record
        self._open: _Open | None = None
        self._closed = 0.0
        self._last: tuple[Identity, float] | None = None

    def begin(self) -> tuple[Identity, float]:
        """A request is about to be sent."""
        if self._open is not None:  # its body has come, and the SDK could make nothing of it
            self._ended(Outcome("connection", "read"), self._closed)
        who, now = self.call.next_identity(), self._now()
        if self._last is not None:
            before, ended = self._last
            self._record(WaitRecord(before, ended, now - ended, "sdk"))
        self.who = who
        return who, now

    def connecting(self, who: Identity) -> None:
        """A connection is about to be opened."""
        self._connecting(who, self.call.is_stream)

    def answered(self, who: Identity, started: float, is_fresh: bool, status: int) -> None:
        """The headers are there."""
        self._open = _Open(who, started, is_fresh, Content(self.call.ask, self.call.rest))
        if status != 200:
            self.end(Outcome("status", "read", status))

    def failed(self, who: Identity, started: float, is_fresh: bool, error: BaseException) -> None:
        """No headers came."""
        self._open = _Open(who, started, is_fresh, Content(self.call.ask))
        outcome = of_attempt(error)
        if outcome.kind == "connection" and outcome.phase == "connect":
            self._refused(who, self.call.is_stream)
        self.end(outcome)

    def text(self) -> None:
        """A stream's content event has come."""
        if self._open is not None:
            self._open.content.add(self._now(), 0.0, 1)

    def body_failed(self, error: BaseException) -> None:
        """The body broke. For a plain answer that is how the request ended; a stream's end is told by its reader."""
        if not self.call.is_stream:
            self.end(of_attempt(error))

    def body_closed(self) -> None:
        """Nobody reads the body any more."""
        self._closed = self._now()

    def end(self, outcome: Outcome) -> None:
        """The request that is open is over. Does nothing if none is."""
        self._ended(outcome, self._now())

    def _ended(self, outcome: Outcome, now: float) -> None:
        if self._open is None:
            return
        request, self._open = self._open, None
        self._last = request.who, now
        self.last_text = request.content.last
        self._record(
            AttemptRecord(
                request.who,
                request.started,
                now,
                outcome.kind,
                outcome.phase,
                outcome.status,
                request.is_fresh,
                *request.content.ended(now, outcome.kind == "ok"),
            )
        )


class _Exchange:
    """One HTTP request on behalf of a call: labelled before it is sent, recorded when something has come of it."""

    def __init__(self, watch: Watch, request: Any) -> None:
        self._watch = watch
        self._who, self._started = watch.begin()
        self._is_fresh = False
        request.headers[IDENTITY_HEADER] = str(self._who)

    def traced(self, name: str) -> None:
        """The connection pool says what it does."""
        if name == "connection.connect_tcp.started":
            self._is_fresh = True
            self._watch.connecting(self._who)

    def failed(self, error: BaseException) -> None:
        self._watch.failed(self._who, self._started, self._is_fresh, error)

    def answered(self, status: int) -> None:
        self._watch.answered(self._who, self._started, self._is_fresh, status)


class LabelledAsyncTransport(http.AsyncBaseTransport):  # type: ignore[misc]
    """The SDK's transport, with an eye on it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def handle_async_request(self, request: Any) -> Any:
        watch = CURRENT.get()
        if not isinstance(watch, Watch):
            return await self._inner.handle_async_request(request)
        exchange = _Exchange(watch, request)

        async def trace(name: str, info: dict[str, Any]) -> None:
            exchange.traced(name)

        request.extensions = {**request.extensions, "trace": trace}
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            exchange.failed(error)
            raise
        exchange.answered(response.status_code)
        response.stream = _WatchedAsyncStream(response.stream, watch)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class LabelledTransport(http.BaseTransport):  # type: ignore[misc]
    """The same for the blocking SDK."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def handle_request(self, request: Any) -> Any:
        watch = CURRENT.get()
        if not isinstance(watch, Watch):
            return self._inner.handle_request(request)
        exchange = _Exchange(watch, request)

        def trace(name: str, info: dict[str, Any]) -> None:
            exchange.traced(name)

        request.extensions = {**request.extensions, "trace": trace}
        try:
            response = self._inner.handle_request(request)
        except BaseException as error:
            exchange.failed(error)
            raise
        exchange.answered(response.status_code)
        response.stream = _WatchedStream(response.stream, watch)
        return response

    def close(self) -> None:
        self._inner.close()


class _WatchedAsyncStream(http.AsyncByteStream):  # type: ignore[misc]
    """A body whose failure is recorded; how a stream ended well only the SDK can tell."""

    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                yield chunk
        except http.HTTPError as error:
            self._watch.body_failed(error)
            raise

    async def aclose(self) -> None:
        self._watch.body_closed()
        await self._inner.aclose()


class _WatchedStream(http.SyncByteStream):  # type: ignore[misc]
    """The same for the blocking SDK."""

    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._inner
        except http.HTTPError as error:
            self._watch.body_failed(error)
            raise

    def close(self) -> None:
        self._watch.body_closed()
        self._inner.close()
