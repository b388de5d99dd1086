"""What the SDK or the HTTP library raised, as an outcome."""

from __future__ import annotations

from typing import Any

import anthropic

from ...policies.outcome import Outcome, Phase
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
    return Outcome("connection", "read", detail="cancelled")


def of_call(error: Exception, tokens: int, scale: float) -> Outcome:
    """What the SDK's caller got. Raises the error again when it is none that a fault explains."""
    raised = f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}"
    if isinstance(error, anthropic.APITimeoutError):
        return Outcome("timeout", phase_of(error.__cause__), raised=raised)
    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, tokens, raised, scale)
    if isinstance(error, anthropic.APIConnectionError):
        return Outcome("connection", phase_of(error.__cause__), raised=raised)
    if isinstance(error, http.TimeoutException):
        return Outcome("stream_timeout", "stream", 200, tokens=tokens, raised=raised)
    if isinstance(error, http.RemoteProtocolError):
        return Outcome("stream_broken", "stream", 200, tokens=tokens, detail="closed", raised=raised)
    if isinstance(error, http.TransportError):
        return Outcome("stream_broken", "stream", 200, tokens=tokens, detail="reset", raised=raised)
    raise error


def _of_status(error: anthropic.APIStatusError, tokens: int, raised: str, scale: float) -> Outcome:
    body: Any = error.body
    kind = body.get("error", {}).get("type") if isinstance(body, dict) else None
    if error.status_code == 200:
        return Outcome("stream_error", "stream", 200, kind, tokens=tokens, raised=raised)
    headers = error.response.headers
    should = {"true": True, "false": False}.get(headers.get("x-should-retry", ""))
    return Outcome(
        "status", "read", error.status_code, kind, _seconds(headers.get("retry-after"), scale), should, raised=raised
    )


def _seconds(header: str | None, scale: float) -> float | None:
    """A `retry-after` in seconds of the scenario; a date, which the fake does not send, counts as none."""
    try:
        return None if header is None else float(header) * scale
    except ValueError:
        return None
