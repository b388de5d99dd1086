"""What came of an attempt or of a call, as a value: the tables that say what the SDK makes of it stand here."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "ok",
    "opened",  # a stream's headers have come; what follows is read with `Read`
    "text",  # a stream's next content has come
    "truncated",  # a stream ended cleanly without message_stop: the SDK sees a success
    "status",  # an error status
    "timeout",  # a client timeout before the headers, or in a plain body; `phase` says which
    "connection",  # refused, reset or closed before the headers, or in a plain body
    "stream_error",  # `event: error` inside a stream
    "stream_timeout",  # a read timeout inside a stream
    "stream_broken",  # a reset or FIN inside a stream
    "gap",  # our own limit on the gap between content events
    "deadline",  # our own limit on the whole call
    "breaker_open",  # refused by our own breaker
]
Phase: TypeAlias = Literal["connect", "write", "read", "pool", "stream", "gap", "total"]


class Outcome(NamedTuple):
    """`tokens` counts the content events seen; `retry_after` is in seconds."""

    kind: Kind
    phase: Phase | None = None
    status: int | None = None
    error: str | None = None
    retry_after: float | None = None
    should_retry: bool | None = None
    tokens: int = 0
    detail: str = ""
    stream: Any = None
    raised: str = ""
    """What the real SDK raised, where there is one."""

    @property
    def is_ok(self) -> bool:
        return self.kind == "ok"

    @property
    def exception(self) -> str:
        """The class of what the SDK (2.x) raises, with the HTTP library's name for what it lets through; "" for none."""
        if self.raised:
            return self.raised
        if self.kind == "status":
            return _status_class(self.status or 0)
        if self.kind == "stream_broken":
            return "httpx2.RemoteProtocolError" if self.detail == "closed" else "httpx2.ReadError"
        return _EXCEPTIONS.get(self.kind, "")


OK = Outcome("ok")

_EXCEPTIONS = {
    "timeout": "anthropic.APITimeoutError",
    "connection": "anthropic.APIConnectionError",
    "stream_error": "anthropic.APIStatusError",
    "stream_timeout": "httpx2.ReadTimeout",
    "gap": "brownout.ContentGapExceeded",
    "deadline": "brownout.DeadlineExceeded",
    "breaker_open": "brownout.BreakerOpen",
}

_STATUS_CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    413: "RequestTooLargeError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    503: "ServiceUnavailableError",
    504: "DeadlineExceededError",
    529: "OverloadedError",
}


def _status_class(status: int) -> str:
    name = _STATUS_CLASSES.get(status) or ("InternalServerError" if status >= 500 else "APIStatusError")
    return f"anthropic.{name}"


STREAM_BREAKS = frozenset({"stream_error", "stream_timeout", "stream_broken", "truncated", "gap"})


def is_failure(outcome: Outcome) -> bool:
    """Whether it speaks against the service: to a breaker, a bad request or its own refusal does not."""
    if outcome.kind == "status":
        status = outcome.status or 0
        return status in (408, 409, 429) or status >= 500
    return outcome.kind not in ("ok", "opened", "text", "breaker_open")
