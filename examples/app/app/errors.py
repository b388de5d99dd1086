"""What callers of this application may meet besides the SDK's own errors, and what counts against the service."""

from __future__ import annotations

from anthropic import APIConnectionError, InternalServerError


class BreakerOpen(Exception):
    """The service has failed too often to be asked again so soon."""


class Incomplete(Exception):
    """A stream broke off, stood still, or ended without saying that it was done; `text` is what had come."""

    def __init__(self, text: str) -> None:
        super().__init__(f"only {len(text)} characters came")
        self.text = text


FAILURES = (APIConnectionError, InternalServerError, TimeoutError, Incomplete)
"""A 429 is none: the service is well, and says when to come again."""
