"""The SDK inside stamina: back-off and jitter as stamina has them, so many attempts, within so much time."""

from __future__ import annotations

import anthropic
import stamina
from stamina.instrumentation import set_on_retry_hooks

set_on_retry_hooks([])  # else each retry is a line on stderr where logging is not set up

MODEL = "claude-sonnet-5-5"


def is_worth_a_retry(error: Exception) -> bool:
    """Whether the same request may be answered the next time."""
    if isinstance(error, anthropic.APIStatusError):
        return error.status_code in (408, 409, 429) or error.status_code >= 500
    return isinstance(error, anthropic.APIConnectionError)


class Client:
    """Asks Claude, with stamina's retries in place of the SDK's."""

    def __init__(self) -> None:
        self._sdk = anthropic.AsyncAnthropic(timeout=anthropic.Timeout(60, connect=5), max_retries=0)

    @stamina.retry(on=is_worth_a_retry, attempts=6, timeout=90)
    async def ask(self, prompt: str, *, max_tokens: int, stream: bool) -> str:
        """The text of the answer."""
        asked = {"model": MODEL, "max_tokens": max_tokens, "messages": [{"role": "user", "content": prompt}]}
        if stream:
            async with self._sdk.messages.stream(**asked) as events:
                return await events.get_final_text()
        message = await self._sdk.messages.create(**asked)
        return "".join(block.text for block in message.content if block.type == "text")

    async def close(self) -> None:
        """Close its connections."""
        await self._sdk.close()


async def ask(prompt: str, *, max_tokens: int, stream: bool) -> str:
    """The same for one call, with a client of its own."""
    client = Client()
    try:
        return await client.ask(prompt, max_tokens=max_tokens, stream=stream)
    finally:
        await client.close()
