"""LiteLLM's acompletion, with the retries and the timeout that it takes."""

from __future__ import annotations

import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else its import asks the internet for prices

import litellm

litellm.disable_aiohttp_transport = True  # over httpx, which virtual time reaches; aiohttp is its default
litellm.suppress_debug_info = True  # else every error prints an advertisement

MODEL = "anthropic/claude-sonnet-5-5"


class Client:
    """Asks Claude. LiteLLM is functions and keeps connections by itself, so there is nothing to make or to close."""

    async def ask(self, prompt: str, *, max_tokens: int, stream: bool) -> str:
        """The text of the answer."""
        answer = await litellm.acompletion(
            model=MODEL,
            messages=[{"role": "user", "content": prompt}],
            max_tokens=max_tokens,
            stream=stream,
            num_retries=5,
            timeout=60,
        )
        if stream:
            return "".join([chunk.choices[0].delta.content or "" async for chunk in answer])
        return answer.choices[0].message.content


async def ask(prompt: str, *, max_tokens: int, stream: bool) -> str:
    """The same as a plain function."""
    return await Client().ask(prompt, max_tokens=max_tokens, stream=stream)
