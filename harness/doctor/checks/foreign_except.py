"""An exception of the HTTP library that this SDK does not use: it is never caught."""

from __future__ import annotations

from ..check import Marked


class ForeignExcept(Marked):
    """`except httpx.TimeoutException` around an SDK that uses httpx2, or the other way round: what a stalled stream
    raises, a raw `ReadTimeout` of the SDK's own library, goes past it."""

    id = "foreign-except"
    severity = "error"
    example = """\
import anthropic
import httpx

client = anthropic.Anthropic()


def ask(prompt):
    try:
        return client.messages.create(model="claude-sonnet-5-5", max_tokens=500, messages=prompt)
    except httpx.TimeoutException:
        return None
"""
