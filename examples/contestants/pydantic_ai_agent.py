"""A Pydantic AI agent, whose retries are those of a transport, as its documentation recommends for HTTP errors."""

from __future__ import annotations

import httpx2
from pydantic_ai import Agent
from pydantic_ai.models import create_async_httpx2_client
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.retries import AsyncHTTPX2TenacityTransport, RetryConfig, wait_retry_after
from tenacity import retry_if_exception_type, stop_after_attempt, wait_exponential


def check(response: httpx2.Response) -> None:
    """Raise for a status that is worth a retry."""
    if response.status_code in (408, 409, 429) or response.status_code >= 500:
        response.raise_for_status()


def retrying() -> AsyncHTTPX2TenacityTransport:
    """A transport that sends a request up to six times."""
    return AsyncHTTPX2TenacityTransport(
        config=RetryConfig(
            retry=retry_if_exception_type((httpx2.HTTPStatusError, httpx2.TransportError)),
            wait=wait_retry_after(fallback_strategy=wait_exponential(multiplier=1, max=60), max_wait=60),
            stop=stop_after_attempt(6),
            reraise=True,
        ),
        validate_response=check,
    )


class Client:
    """Asks Claude through an agent."""

    def __init__(self) -> None:
        self._http = create_async_httpx2_client(transport=retrying())
        model = AnthropicModel("claude-sonnet-5-5", provider=AnthropicProvider(http_client=self._http))
        self._agent = Agent(model, model_settings={"timeout": 60, "max_retries": 0})  # the SDK's own; not twice

    async def ask(self, prompt: str, *, max_tokens: int, stream: bool) -> str:
        """The text of the answer."""
        if stream:
            async with self._agent.run_stream(prompt, model_settings={"max_tokens": max_tokens}) as answer:
                return await answer.get_output()
        return (await self._agent.run(prompt, model_settings={"max_tokens": max_tokens})).output

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()


async def ask(prompt: str, *, max_tokens: int, stream: bool) -> str:
    """The same for one call, with a client of its own."""
    client = Client()
    try:
        return await client.ask(prompt, max_tokens=max_tokens, stream=stream)
    finally:
        await client.close()
