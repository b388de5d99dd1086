"""The SDK with its defaults, as a program: asynchronous and blocking."""

from __future__ import annotations

from typing import Any

import anthropic

MODEL = "claude-sonnet-5-5"


def request(prompt: str, max_tokens: int) -> dict[str, Any]:
    """What either asks for."""
    return {"model": MODEL, "max_tokens": max_tokens, "messages": [{"role": "user", "content": prompt}]}


class Asynchronous:
    """On an event loop."""

    def __init__(self) -> None:
        self.client = anthropic.AsyncAnthropic()

    async def ask(self, prompt: str, *, max_tokens: int, stream: bool) -> object:
        """The answer."""
        if not stream:
            return await self.client.messages.create(**request(prompt, max_tokens))
        async with self.client.messages.stream(**request(prompt, max_tokens)) as events:
            return await events.get_final_message()


class Blocking:
    """In a thread."""

    def __init__(self) -> None:
        self.client = anthropic.Anthropic()

    def ask(self, prompt: str, *, max_tokens: int, stream: bool) -> object:
        """The answer."""
        if not stream:
            return self.client.messages.create(**request(prompt, max_tokens))
        with self.client.messages.stream(**request(prompt, max_tokens)) as events:
            return events.get_final_message()
