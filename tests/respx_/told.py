"""A program that uses the SDK, asynchronous or blocking, and all that it is told of one call."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import anthropic

from brownout.harness.testing.service import Service

from ..fakes.wire.raw import DEFAULT

Tries = tuple[tuple[int | None, bool, int, bool, str | None], ...]


class Told(NamedTuple):
    """What came of one call."""

    raised: str
    """Module and class."""
    reason: str
    """The class of what the SDK gives as the reason: the libraries have the same names."""
    status: int | None
    body: Any
    """Of an error; without what names this one request."""
    events: tuple[str, ...]
    text: str
    tries: Tries
    """What the service made of each: status, whether it was whole, tokens, whether the client left, its fault."""
    took: float | None
    """Seconds of the first."""


class Heard:
    """What has come so far."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.text = ""

    def event(self, event: Any) -> None:
        self.events.append(event.type)
        if event.type == "content_block_delta":
            self.text += event.delta.text

    def message(self, message: Any) -> None:
        self.text = message.content[0].text


def blocking(stream: bool) -> tuple[Heard, Exception | None]:
    """One call, and what it raised."""
    heard = Heard()
    with anthropic.Anthropic(api_key="k") as client:
        try:
            if not stream:
                heard.message(client.messages.create(**DEFAULT))
            else:
                for event in client.messages.create(**DEFAULT, stream=True):
                    heard.event(event)
        except Exception as error:
            return heard, error
    return heard, None


async def asynchronous(stream: bool) -> tuple[Heard, Exception | None]:
    """The same."""
    heard = Heard()
    async with anthropic.AsyncAnthropic(api_key="k") as client:
        try:
            if not stream:
                heard.message(await client.messages.create(**DEFAULT))
            else:
                async for event in await client.messages.create(**DEFAULT, stream=True):
                    heard.event(event)
        except Exception as error:
            return heard, error
    return heard, None


def told(service: Service, stream: bool, is_async: bool) -> Told:
    """What the program is told, and what the service saw of it."""
    heard, error = asyncio.run(asynchronous(stream)) if is_async else blocking(stream)
    trace = service.trace
    first = trace.tries[0]
    return Told(
        "" if error is None else f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}",
        "" if error is None else type(error.__cause__).__name__,
        getattr(error, "status_code", None),
        _lasting(getattr(error, "body", None)),
        tuple(heard.events),
        heard.text,
        tuple((each.status, each.is_complete, each.tokens, each.closed_by_client, each.fault) for each in trace.tries),
        None if first.ended is None else round(first.ended - first.at, 9),
    )


def _lasting(body: Any) -> Any:
    return {name: value for name, value in body.items() if name != "request_id"} if isinstance(body, dict) else body
