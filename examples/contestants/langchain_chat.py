"""LangChain's ChatAnthropic, with the retries and the timeout that it takes."""

from __future__ import annotations

from langchain_anthropic import ChatAnthropic


class Client:
    """Asks Claude through a chat model. It has nothing to close: LangChain shares connections between chat models."""

    def __init__(self) -> None:
        self._model = ChatAnthropic(model="claude-sonnet-5-5", max_retries=5, timeout=60)

    async def ask(self, prompt: str, *, max_tokens: int, stream: bool) -> str:
        """The text of the answer."""
        if stream:
            return "".join([chunk.text async for chunk in self._model.astream(prompt, max_tokens=max_tokens)])
        message = await self._model.ainvoke(prompt, max_tokens=max_tokens)
        return message.text


async def ask(prompt: str, *, max_tokens: int, stream: bool) -> str:
    """The same for one call, with a chat model of its own."""
    return await Client().ask(prompt, max_tokens=max_tokens, stream=stream)
