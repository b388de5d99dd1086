"""An answer that is shown while it is written, and never passed off as whole when it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TypeVar

import anthropic
import httpx2  # whose errors the SDK passes on once a stream has begun
from anthropic.lib.streaming import ParsedMessageStreamEvent

from .errors import Incomplete
from .llm import breaker, client, request

T = TypeVar("T")
BEGINS_WITHIN = 30.0
"""Seconds until the service begins to answer, retries and the waits between them included."""
MAX_GAP = 10.0
"""Seconds from one event to the next. Pings are no events here, but each starts the client's read timeout anew."""


async def stream(prompt: str) -> AsyncIterator[str]:
    """The answer, piece by piece. Raises what `ask` does before it begins, and `Incomplete` afterwards."""
    with breaker.guard():
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(BEGINS_WITHIN):
                events = await stack.enter_async_context(client.messages.stream(**request(prompt)))
            async for piece in whole(without_gaps(events, MAX_GAP)):
                yield piece


async def whole(events: AsyncIterator[ParsedMessageStreamEvent[None]]) -> AsyncIterator[str]:
    """Their text. Raises `Incomplete` if it breaks off, or ends before the service has said that this is all."""
    text, last = "", ""
    try:
        async for event in events:
            last = event.type
            if event.type == "text":
                text += event.text
                yield event.text
    except (TimeoutError, anthropic.APIError, httpx2.HTTPError) as error:
        raise Incomplete(text) from error
    if last != "message_stop":
        raise Incomplete(text)


async def without_gaps(events: AsyncIterator[T], limit: float) -> AsyncIterator[T]:
    """The same events. Raises `TimeoutError` if one takes more than so many seconds to come."""
    while True:
        try:
            async with asyncio.timeout(limit):
                event = await anext(events)
        except StopAsyncIteration:
            return
        yield event
