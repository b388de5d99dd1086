"""Gives every HTTP request its identity, and records what became of it: below the SDK's retries, above the sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from brownout.fakes.draws import Identity
from brownout.fakes.wire.requests import IDENTITY_HEADER

from ...policies.call import Call
from ...policies.outcome import Outcome
from ...records import AttemptRecord, WaitRecord
from ..content import Content
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
        connecting: Callable[[Identity, bool], object],
        refused: Callable[[Identity, bool], object],
    ) -> None:
        self.call = call
        self._connecting = connecting
        self._refused = refused
        self._now = now
        self._record = record
        self._open: _Open | None = None
        self._last: tuple[Identity, float] | None = None

    def begin(self) -> tuple[Identity, float]:
        """A request is about to be sent."""
        who, now = self.call.next_identity(), self._now()
        if self._last is not None:
            before, ended = self._last
            self._record(WaitRecord(before, ended, now - ended, "sdk"))
        return who, now

    def connecting(self, who: Identity) -> None:
        """A connection is about to be opened."""
        self._connecting(who, self.call.ask.stream)

    def answered(self, who: Identity, started: float, is_fresh: bool, status: int) -> None:
        """The headers are there."""
        self._open = _Open(who, started, is_fresh, Content(self.call.ask))
        if status != 200:
            self.end(Outcome("status", "read", status))

    def failed(self, who: Identity, started: float, is_fresh: bool, error: BaseException) -> None:
        """No headers came."""
        self._open = _Open(who, started, is_fresh, Content(self.call.ask))
        outcome = of_attempt(error)
        if outcome.kind == "connection" and outcome.phase == "connect":
            self._refused(who, self.call.ask.stream)
        self.end(outcome)

    def text(self) -> None:
        """A stream's content event has come."""
        if self._open is not None:
            self._open.content.add(self._now(), 0.0, 1)

    def body_failed(self, error: BaseException) -> None:
        """The body broke. For a plain answer that is how the request ended; a stream's end is told by its reader."""
        if not self.call.ask.stream:
            self.end(of_attempt(error))

    def end(self, outcome: Outcome) -> None:
        """The request that is open is over. Does nothing if none is."""
        if self._open is None:
            return
        request, self._open = self._open, None
        now = self._now()
        self._last = request.who, now
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


CURRENT: ContextVar[Watch | None] = ContextVar("brownout call", default=None)
"""The call on whose behalf the current task sends."""


class LabelledTransport(http.AsyncBaseTransport):  # type: ignore[misc]
    """The SDK's transport, with an eye on it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def handle_async_request(self, request: Any) -> Any:
        watch = CURRENT.get()
        if watch is None:
            return await self._inner.handle_async_request(request)
        who, started = watch.begin()
        request.headers[IDENTITY_HEADER] = str(who)
        connects: list[str] = []

        async def trace(name: str, info: dict[str, Any]) -> None:
            if name == "connection.connect_tcp.started":
                connects.append(name)
                watch.connecting(who)

        request.extensions = {**request.extensions, "trace": trace}
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            watch.failed(who, started, bool(connects), error)
            raise
        watch.answered(who, started, bool(connects), response.status_code)
        response.stream = _WatchedStream(response.stream, watch)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _WatchedStream(http.AsyncByteStream):  # type: ignore[misc]
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
        await self._inner.aclose()
