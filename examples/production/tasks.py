"""Questions side by side, as tasks of one event loop that share a breaker, a budget and the connections."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import anthropic

import brownout
from brownout.hooks import LoggingHook

QUESTIONS = ["Why is the sky blue?", "Why is the sea salt?", "Why do cats purr?"]


async def answer(client: anthropic.AsyncAnthropic, question: str) -> str:
    """The answer, or what is to be told instead."""
    try:
        async with client.messages.stream(
            model="claude-sonnet-5-5", max_tokens=300, messages=[{"role": "user", "content": question}]
        ) as stream:
            return await stream.get_final_text()
    except brownout.errors.BreakerOpen:
        return "(too many failures of late: not asked)"
    except anthropic.APIError as error:
        return f"({type(error).__name__}: {error})"


async def main() -> None:
    """Ask them all."""
    async with anthropic.AsyncAnthropic() as bare:
        client = brownout.resilient(bare, Path(__file__).with_name("client.yaml"), hooks=[LoggingHook()])
        answers = await asyncio.gather(*(answer(client, question) for question in QUESTIONS))
    for question, text in zip(QUESTIONS, answers, strict=True):
        print(f"{question}\n  {text}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
