"""The SDK for TypeScript, 1.x on Node's own `fetch`.

It has one limit, on the time to the headers. What comes after them ends by itself, or when the HTTP library has heard
nothing for five minutes; and it is never tried again, however little of it came.
"""

from __future__ import annotations

from ..effects import Timeouts
from ..outcome import OWN_LIMITS, STATUS_CLASSES, Outcome
from .python import is_retried_status

CONNECT = 10.5
"""Seconds after which undici gives a connection up, as measured: it looks at its 10 s every half second."""
SILENCE = 300.0
"""Seconds without headers, or without a byte of a body, after which undici gives up."""


TIMEOUTS = Timeouts(connect=CONNECT, read=SILENCE, write=None, pool=None)
"""Those of the HTTP library, which nobody sets."""


def retries(outcome: Outcome) -> bool:
    """Whether it tries again: never once the headers have come, of a plain answer either."""
    if outcome.kind in ("timeout", "connection"):
        return outcome.detail != "body"
    return is_retried_status(outcome)


def exception_of(outcome: Outcome) -> str:
    """The class of what its caller gets, `anthropic.` for one of the SDK's; "" for none, and for limits that
    are not its own."""
    if outcome.phase in OWN_LIMITS:
        return ""
    match outcome.kind:
        case "timeout" | "connection" if outcome.detail == "body":
            return "TypeError"
        case "timeout":
            return "anthropic.APIConnectionTimeoutError"
        case "connection":
            return "anthropic.APIConnectionError"
        case "status":
            return f"anthropic.{_class_of(outcome.status or 0)}"
        case "stream_error":
            return "anthropic.APIError"
        case "stream_timeout" | "stream_broken" | "truncated":
            return "anthropic.AnthropicError"
        case "malformed" if outcome.detail != "text":  # a page is handed on as a text
            return "anthropic.AnthropicError" if outcome.phase == "stream" else "SyntaxError"
    return ""


def _class_of(status: int) -> str:
    """Those of Python, but for one whose name is taken there."""
    name = STATUS_CLASSES["2"].get(status, "InternalServerError" if status >= 500 else "APIError")
    return name.removeprefix("HTTP")
