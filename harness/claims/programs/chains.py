"""Three calls in a row with one budget of 300 s, of which each step gets half of what is left, at most 120 s; with less
than 30 s left no step is begun."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic

from ...client import Client
from ...files import loads
from ...policies.chains import ChainBudget, Half
from ...production.face import resilient

ASK: dict[str, Any] = {"model": "claude-sonnet-5-5", "max_tokens": 200}
STEPS = 3
TOTAL = 300.0
RETRIES = 3
LAYERS = """
name: chain
timeouts: {connect: 5s, read: 60s}
layers:
  - retry: {retries: 3, backoff: {base: 2s, jitter: full}, on: [timeout, connection, overloaded]}
  - sdk: {max_retries: 0}
"""


async def steps_inside_retries(prompt: str) -> None:
    """Each step runs inside the retry wrapper, with the step's share as the SDK's timeout."""
    now = asyncio.get_running_loop().time
    budget = ChainBudget(TOTAL, Half(reserve=30.0, cap=120.0))
    async with anthropic.AsyncAnthropic() as client:
        for _ in range(STEPS):
            if (seconds := budget.begin(now())) is None:
                raise TimeoutError("the chain's time is up")
            await _with_retries(client.with_options(timeout=seconds), prompt)


async def _with_retries(client: anthropic.AsyncAnthropic, prompt: str) -> None:
    for tried in range(RETRIES + 1):
        try:
            await client.messages.create(**ASK, messages=[{"role": "user", "content": prompt}])
        except (anthropic.APITimeoutError, anthropic.APIConnectionError):
            if tried == RETRIES:
                raise
            await asyncio.sleep(2.0 * 2**tried)
        else:
            return


async def steps_with_deadlines(prompt: str) -> None:
    """Each step's share limits the whole call, its retries included, of which there is one layer."""
    now = asyncio.get_running_loop().time
    budget = ChainBudget(TOTAL, Half(reserve=30.0, cap=120.0))
    async with anthropic.AsyncAnthropic() as bare:
        client = resilient(bare, loads(LAYERS, Client))
        for _ in range(STEPS):
            if (seconds := budget.begin(now())) is None:
                raise TimeoutError("the chain's time is up")
            await client.with_deadline(seconds).messages.create(**ASK, messages=[{"role": "user", "content": prompt}])
