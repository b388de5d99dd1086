"""A program that uses the SDK as it comes, asynchronous or blocking, and what it sees of its calls.

Runs on either generation of the SDK, and knows nothing of the network beneath.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, TypeVar
from unittest.mock import patch

import anthropic
from anthropic.types import Message

from brownout.harness.drivers.sdk.library import http, sdk_internals

from ..fakes.wire.raw import DEFAULT

T = TypeVar("T")

LARGE = 1 << 20
"""Bytes of a prompt."""

How = Literal["create", "stream", "create large", "create twice", "create beside an open stream"]
"""Large: with a prompt that no buffer holds. Beside an open stream: of which nothing is read."""


class Seen(NamedTuple):
    """What a program that uses the SDK sees of one call, or of the last of several."""

    raised: str = ""
    """Module and class."""
    cause: str = ""
    """The same of what the SDK gives as the reason."""
    status: int | None = None
    type: str = ""
    """Of an `APIStatusError`: its status and the service's name for the error."""
    requests: int = 1
    """What the SDK sent for all calls, or would have sent if it had got a connection."""
    connections: int = 1
    """On how many of them answers began."""
    tokens: int = 0
    """Text events that came before the end."""
    stop_reason: str | None = None
    outlasted: bool = False
    """It took more than twice the read timeout, and did not time out."""


class Settings(NamedTuple):
    """Of a client of the SDK, as far as they are not the SDK's own. In seconds of the clock."""

    url: str
    read_timeout: float
    """None is longer."""
    connections: int | None = None
    """At most."""
    authority: str = ""
    """The file of whom it trusts, where TLS is real."""
    connect_timeout: float | None = None
    """None is the read timeout, and at most five seconds."""
    retries: int | None = None
    """By the SDK; None is its own two."""
    is_blocking: bool = False
    away: Callable[[Callable[[], Any]], Awaitable[Any]] = asyncio.to_thread
    """Where blocking calls are made."""


class Program:
    """One client of the SDK. `requests` and `texts` are what it sent and heard; the subclasses are the two SDKs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.requests: list[str] = []
        self.texts: list[str] = []
        self._connections: list[Any] = []
        self._unread: list[Any] = []

    @property
    def connections(self) -> int:
        return len({id(connection) for connection in self._connections})

    def _sends(self, request: Any) -> None:
        self.requests.append(request.url.path)

    def _hears(self, response: Any) -> None:
        self._connections.append(response.extensions["network_stream"])

    def _http(self, hooks: dict[str, list[Any]]) -> dict[str, Any]:
        given: dict[str, Any] = {"event_hooks": hooks, "trust_env": False}
        if self.settings.authority:
            given["verify"] = ssl.create_default_context(cafile=self.settings.authority)
        if self.settings.connections is not None:
            given["limits"] = http.Limits(max_connections=self.settings.connections)
        return given

    def _sdk(self, http_client: Any) -> dict[str, Any]:
        seconds = self.settings.read_timeout
        connect = self.settings.connect_timeout
        timeout = http.Timeout(seconds, connect=min(5.0, seconds) if connect is None else connect)
        given = {"api_key": "k", "base_url": self.settings.url, "timeout": timeout, "http_client": http_client}
        return given if self.settings.retries is None else given | {"max_retries": self.settings.retries}

    async def create(self, **more: Any) -> str | None:
        """A plain call; why the answer ended."""
        raise NotImplementedError

    async def stream(self) -> str | None:
        """A stream, read to its end."""
        raise NotImplementedError

    async def open(self) -> None:
        """A stream of which nothing is read."""
        raise NotImplementedError

    async def close(self) -> None:
        """The end of the program."""
        raise NotImplementedError


class AsyncProgram(Program):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)

        async def sends(request: Any) -> None:
            self._sends(request)

        async def hears(response: Any) -> None:
            self._hears(response)

        made = anthropic.DefaultAsyncHttpxClient(**self._http({"request": [sends], "response": [hears]}))
        self._client = anthropic.AsyncAnthropic(**self._sdk(made))

    async def create(self, **more: Any) -> str | None:
        message: Message = await self._client.messages.create(**{**DEFAULT, **more})
        return message.stop_reason

    async def stream(self) -> str | None:
        async with self._client.messages.stream(**DEFAULT) as stream:
            async for text in stream.text_stream:
                self.texts.append(text)
            message: Message = await stream.get_final_message()
        return message.stop_reason

    async def open(self) -> None:
        self._unread.append(await self._client.messages.create(**DEFAULT, stream=True))

    async def close(self) -> None:
        for stream in self._unread:
            await stream.close()
        await self._client.close()


class BlockingProgram(Program):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        made = anthropic.DefaultHttpxClient(**self._http({"request": [self._sends], "response": [self._hears]}))
        self._client = anthropic.Anthropic(**self._sdk(made))

    async def create(self, **more: Any) -> str | None:
        message: Message = await self._away(lambda: self._client.messages.create(**{**DEFAULT, **more}))
        return message.stop_reason

    async def stream(self) -> str | None:
        return await self._away(self._stream)

    def _stream(self) -> str | None:
        with self._client.messages.stream(**DEFAULT) as stream:
            for text in stream.text_stream:
                self.texts.append(text)
            return stream.get_final_message().stop_reason

    async def open(self) -> None:
        self._unread.append(await self._away(lambda: self._client.messages.create(**DEFAULT, stream=True)))

    async def close(self) -> None:
        await self._away(self._close)

    def _close(self) -> None:
        for stream in self._unread:
            stream.close()
        self._client.close()

    async def _away(self, call: Callable[[], T]) -> T:
        result: T = await self.settings.away(call)
        return result


async def seen(how: How, settings: Settings, now: Callable[[], float], between: Callable[[], Awaitable[None]]) -> Seen:
    """Make the calls; `between` two of them something happens to the network."""
    return (await timed(how, settings, now, between))[0]


async def timed(
    how: How, settings: Settings, now: Callable[[], float], between: Callable[[], Awaitable[None]]
) -> tuple[Seen, float]:
    """Besides, how long it took, by that clock."""
    program = (BlockingProgram if settings.is_blocking else AsyncProgram)(settings)
    error, stop_reason, began = None, None, now()
    try:
        match how:
            case "stream":
                stop_reason = await program.stream()
            case "create large":
                stop_reason = await program.create(messages=[{"role": "user", "content": "x" * LARGE}])
            case "create twice":
                await program.create()
                await between()
                stop_reason = await program.create()
            case "create beside an open stream":
                await program.open()
                stop_reason = await program.create()
            case _:
                stop_reason = await program.create()
    except Exception as raised:
        error = raised
    seconds = now() - began
    await program.close()
    code, kind = (error.status_code, error.type or "") if isinstance(error, anthropic.APIStatusError) else (None, "")
    told = Seen(
        raised=_name(error),
        cause=_name(error and error.__cause__),
        status=code,
        type=kind,
        requests=len(program.requests),
        connections=program.connections,
        tokens=len(program.texts),
        stop_reason=stop_reason,
        outlasted=seconds > 2 * settings.read_timeout and "Timeout" not in _name(error),
    )
    return told, seconds


def _name(error: BaseException | None) -> str:
    return f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}" if error else ""


@contextmanager
def hurried(scale: float) -> Iterator[None]:
    """While this lasts, the SDK waits `scale` times less before it tries again."""
    delays = {name: getattr(sdk_internals, name) / scale for name in ("INITIAL_RETRY_DELAY", "MAX_RETRY_DELAY")}
    with patch.multiple(sdk_internals, **delays):
        yield
