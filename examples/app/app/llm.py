"""What every call shares: the client, what is asked of it, and the breaker in front of it."""

from __future__ import annotations

import anthropic
from anthropic.types.message_create_params import MessageCreateParamsBase

from .breaker import Breaker

client = anthropic.AsyncAnthropic(
    timeout=anthropic.Timeout(25.0, connect=5.0),  # of one try; the SDK's own is ten minutes
    max_retries=5,  # with its back-off they outlast ten seconds of errors; two outlast one
)
breaker = Breaker(failures=3, open_for=30.0)


def request(prompt: str) -> MessageCreateParamsBase:
    """What to ask the model."""
    return {"model": "claude-sonnet-5-5", "max_tokens": 1000, "messages": [{"role": "user", "content": prompt}]}
