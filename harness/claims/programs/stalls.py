"""What to do when a stream stalls with text in hand: keep it, once the handler has been reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anthropic

from ...drivers.sdk.library import http

MODEL = "claude-sonnet-5-5"
SECONDS = 20.0


async def handles_the_sdks(prompt: str, max_tokens: int) -> str:
    """With a handler for the SDK's timeout error."""
    shown = ""
    with suppress(anthropic.APITimeoutError):
        async for text in _texts(prompt, max_tokens):
            shown += text
    return shown


async def handles_both(prompt: str, max_tokens: int) -> str:
    """With one for that of the HTTP library, too, which is what comes out of a stream."""
    shown = ""
    with suppress(anthropic.APITimeoutError, http.TimeoutException):
        async for text in _texts(prompt, max_tokens):
            shown += text
    return shown


async def _texts(prompt: str, max_tokens: int) -> AsyncIterator[str]:
    asked: dict[str, Any] = {"model": MODEL, "max_tokens": max_tokens}
    messages: Any = [{"role": "user", "content": prompt}]
    client = anthropic.AsyncAnthropic(timeout=SECONDS)
    async with client, client.messages.stream(messages=messages, **asked) as stream:
        async for text in stream.text_stream:
            yield text
