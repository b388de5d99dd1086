"""What the SDK or the HTTP library raised, as an outcome."""

from __future__ import annotations

import json

import anthropic
from anthropic.types import Message

from ...policies.outcome import CANCELLED, OK, SPEND_CAP, SPEND_CAP_CODE, Outcome, Phase
from ...policies.sdks.python import asks
from .library import http

_PHASES: tuple[tuple[type[Exception], Phase], ...] = (
    (http.ConnectTimeout, "connect"),
    (http.WriteTimeout, "write"),
    (http.PoolTimeout, "pool"),
    (http.TimeoutException, "read"),
    (http.ConnectError, "connect"),
)


def phase_of(error: BaseException | None) -> Phase:
    """In which phase of a request the HTTP library failed."""
    return next((phase for kind, phase in _PHASES if isinstance(error, kind)), "read")


def of_attempt(error: BaseException) -> Outcome:
    """What became of one HTTP request whose headers, or plain body, did not come."""
    if isinstance(error, http.HTTPError):
        is_timeout = isinstance(error, http.TimeoutException)
        return Outcome("timeout" if is_timeout else "connection", phase_of(error))
    return CANCELLED


def of_answer(answer: object) -> Outcome:
    """What came of a plain call that has returned: a page, say, is returned as its text."""
    return OK if isinstance(answer, Message) else Outcome("malformed", "read", 200, detail="text")


def of_call(error: Exception, scale: float, tokens: int | None = None) -> Outcome:
    """What the SDK's caller got; `tokens` of a stream that was being read. Raises the error again when it is none that
    a fault explains."""
    is_stream, tokens = tokens is not None, tokens or 0
    raised = f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}"
    if isinstance(error, anthropic.APITimeoutError):
        return Outcome("timeout", phase_of(error.__cause__), raised=raised)
    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, tokens, raised, scale)
    # The SDK wraps whatever its transport raises, so that a defect of ours would pass for a broken connection.
    if isinstance(error, anthropic.APIConnectionError) and isinstance(error.__cause__, http.HTTPError):
        return Outcome("connection", phase_of(error.__cause__), raised=raised)
    if detail := _malformed(error, is_stream):
        phase: Phase = "stream" if is_stream else "read"
        return Outcome("malformed", phase, 200, tokens=tokens, detail=detail, raised=raised)
    if isinstance(error, http.TimeoutException):
        return Outcome("stream_timeout", "stream", 200, tokens=tokens, raised=raised)
    if isinstance(error, http.RemoteProtocolError):
        return Outcome("stream_broken", "stream", 200, tokens=tokens, detail="closed", raised=raised)
    if isinstance(error, http.TransportError):
        return Outcome("stream_broken", "stream", 200, tokens=tokens, detail="reset", raised=raised)
    raise error


def _malformed(error: Exception, is_stream: bool) -> str:
    """What is wrong with what came, as far as the parsers in the way tell; "" for an error that is none of theirs."""
    if isinstance(error, UnicodeDecodeError):
        return "no_utf8"
    if isinstance(error, json.JSONDecodeError):
        return "no_json"
    if isinstance(error, http.DecodingError):
        return "no_gzip"
    # What the SDK's accumulator makes of events in an order that it does not expect.
    return "order" if is_stream and isinstance(error, IndexError | RuntimeError | AssertionError) else ""


def _of_status(error: anthropic.APIStatusError, tokens: int, raised: str, scale: float) -> Outcome:
    if error.status_code == 200:
        return Outcome("stream_error", "stream", 200, error.type, tokens=tokens, raised=raised)
    seconds, again = asks(error.response.headers)
    if seconds is not None:
        seconds *= scale
    detail = SPEND_CAP if _error_code(error.body) == SPEND_CAP_CODE else ""
    return Outcome("status", "read", error.status_code, error.type, seconds, again, detail=detail, raised=raised)


def _error_code(body: object) -> object:
    """What an error's body says besides its type, if it is the service's and does."""
    for key in ("error", "details"):
        body = body.get(key) if isinstance(body, dict) else None
    return body.get("error_code") if isinstance(body, dict) else None
