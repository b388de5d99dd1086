"""The same in threads. A total ends a call that trickles, though its thread is blocked in a read."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import anthropic

import brownout
from brownout.hooks import LoggingHook

QUESTIONS = ["Why is the sky blue?", "Why is the sea salt?", "Why do cats purr?"]


def answer(client: anthropic.Anthropic, question: str) -> str:
    """The answer, or what is to be told instead."""
    try:
        with client.messages.stream(
            model="claude-sonnet-5-5", max_tokens=300, messages=[{"role": "user", "content": question}]
        ) as stream:
            return stream.get_final_text()
    except brownout.errors.BreakerOpen:
        return "(too many failures of late: not asked)"
    except anthropic.APIError as error:
        return f"({type(error).__name__}: {error})"


def main() -> None:
    """Ask them all."""
    with anthropic.Anthropic() as bare, ThreadPoolExecutor(len(QUESTIONS)) as pool:
        client = brownout.resilient(bare, Path(__file__).with_name("client.yaml"), hooks=[LoggingHook()])
        for question, text in zip(QUESTIONS, pool.map(partial(answer, client), QUESTIONS), strict=True):
            print(f"{question}\n  {text}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
