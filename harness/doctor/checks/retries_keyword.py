"""A keyword that requests do not take."""

from __future__ import annotations

from ..check import Marked


class RetriesKeyword(Marked):
    """`max_retries=` is given to `messages.create` or `messages.stream`, which do not take it: a `TypeError`. It
    belongs to the client, or to `with_options`."""

    id = "retries-keyword"
    severity = "error"
    example = """\
import anthropic

client = anthropic.Anthropic()
client.messages.create(model="claude-sonnet-5-5", max_tokens=500, messages=[], max_retries=5)
"""
