"""An object of the HTTP library that this SDK does not use: a `TypeError`, before anything is sent."""

from __future__ import annotations

from ..check import Marked


class ForeignTimeout(Marked):
    """A timeout or client of the other HTTP library is given to the SDK: `httpx.Timeout` to one from 1.0 on, which uses
    httpx2, or `httpx2.Timeout` to an older one. It raises a `TypeError`."""

    id = "foreign-timeout"
    severity = "error"
    example = """\
import anthropic
import httpx

client = anthropic.Anthropic(timeout=httpx.Timeout(60.0, connect=5.0), max_retries=2)
"""
