"""One question, one answer."""

from __future__ import annotations

import asyncio

from .llm import breaker, client, request


async def ask(prompt: str, within: float = 30.0) -> str:
    """The answer. Raises `TimeoutError` after so many seconds, `BreakerOpen`, and what the SDK raises."""
    with breaker.guard():
        async with asyncio.timeout(within):  # retries and the waits between them included
            message = await client.messages.create(**request(prompt))
    return "".join(block.text for block in message.content if block.type == "text")
