"""A program on the SDK's 0.x line whose client is resilient: plays what is named on its command line, and says as JSON
what it saw. Runs in the older SDK's environment; what that has not, it takes from where Brownout lives."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}


def blocking(client: Any, how: str) -> str:
    if how == "create":
        return str(client.messages.create(**ASK).content[0].text)
    if how == "raw":
        with client.messages.create(stream=True, **ASK) as events:
            return [event.type for event in events][-1]
    with client.messages.stream(**ASK) as stream:
        return "".join(stream.text_stream)


async def in_loop(client: Any, how: str) -> str:
    if how == "create":
        return str((await client.messages.create(**ASK)).content[0].text)
    if how == "raw":
        async with await client.messages.create(stream=True, **ASK) as events:
            return [event.type async for event in events][-1]
    async with client.messages.stream(**ASK) as stream:
        return "".join([text async for text in stream.text_stream])


def main(url: str, config: str, style: str, how: str) -> None:
    """Make one call."""
    import anthropic

    import brownout

    seen: dict[str, Any] = {"version": anthropic.__version__, "text": "", "raised": "", "bases": []}
    try:
        if style == "blocking":
            with anthropic.Anthropic(api_key="none", base_url=url) as bare:
                seen["text"] = blocking(brownout.resilient(bare, config), how)
        else:

            async def run() -> str:
                async with anthropic.AsyncAnthropic(api_key="none", base_url=url) as bare:
                    return await in_loop(brownout.resilient(bare, config), how)

            seen["text"] = asyncio.run(run())
    except anthropic.APIError as error:
        seen["raised"] = type(error).__name__
        seen["bases"] = [base.__name__ for base in type(error).__mro__]
    print(json.dumps(seen))


if __name__ == "__main__":
    sys.path.extend(sys.argv[5:])
    main(*sys.argv[1:5])
