"""Ten whole answers at once, in an event loop; a client with a base URL and a key of its own."""

from __future__ import annotations

import asyncio
import os

import anthropic


async def main() -> None:
    """Ask, and count."""
    url = os.environ["ANTHROPIC_BASE_URL"]
    async with anthropic.AsyncAnthropic(base_url=f"{url}/client/1", api_key="none") as client:
        asked = [
            client.messages.create(
                model="claude-sonnet-5-5", max_tokens=4000, messages=[{"role": "user", "content": f"Hello {i}"}]
            )
            for i in range(10)
        ]
        messages = await asyncio.gather(*asked)
    print("at once:", len(messages), *{message.stop_reason for message in messages})


asyncio.run(main())
