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
    "malformed",  # what came with status 200 is no answer: no JSON, no UTF-8, or a proxy's page
    "gap",  # our own limit on the gap between content events
    "deadline",  # our own limit on the whole call
    "cancelled",  # an attempt that its caller called off
    "censored",  # a call that was still going on when the run ended
    "breaker_open",  # refused by our own breaker
    "rejected",  # refused by another layer of our own; `detail` says by which
    "skipped",  # a step of a chain that was never begun: one before it has failed, or its time was over
    "unanswered",  # a program has returned, and no answer has come whole
    "raised",  # a program has raised, and no request of it has failed; or it has ended with an error
]
Phase: TypeAlias = Literal["connect", "write", "read", "pool", "first_byte", "first_token", "stream", "gap", "total"]


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
    """What was opened; of a stream that broke off, what knows what had come of it."""
    value: Any = None
    """What the real SDK returned or raised, for whoever hands it on."""
    raised: str = ""
    """What the real SDK raised, where there is one; or an older one would have, where it is modelled."""

    @property
    def is_ok(self) -> bool:
        return self.kind == "ok"

    @property
    def exception(self) -> str:
        """The class of what the caller gets, of the HTTP library where the SDK lets it through; "" for none."""
        if self.kind == "ok":  # as most are
            return self.raised
        return self.raised or exception_of(self)


SPEND_CAP = "spend_cap"
"""The detail of a 429 that stays until the month is over."""
SPEND_CAP_CODE = "enforced_spend_limit_reached"
"""What the service calls it: the `error_code` in the error's details."""

OK = Outcome("ok")
CANCELLED = Outcome("cancelled")


def opened(stream: Any) -> Outcome:
    """The headers of a stream have come. Made in a third of the time of `Outcome(...)`, as is the next."""
    return tuple.__new__(Outcome, ("opened", None, 200, None, None, None, 0, "", stream, None, ""))


def streamed(tokens: int) -> Outcome:
    """A stream has come whole."""
    return tuple.__new__(Outcome, ("ok", None, 200, None, None, None, tokens, "", None, None, ""))


Major: TypeAlias = Literal["2", "0"]
"""Of the SDK. 0 stands for the last of the 0.x line that many applications still pin."""

_EXCEPTIONS = {
    "timeout": "anthropic.APITimeoutError",
    "connection": "anthropic.APIConnectionError",
    "stream_error": "anthropic.APIStatusError",
    "gap": "brownout.ContentGapExceeded",
    "deadline": "brownout.DeadlineExceeded",
    "breaker_open": "brownout.BreakerOpen",
    "rejected": "brownout.CallRejected",
}
OWN_LIMITS: frozenset[Phase] = frozenset({"first_byte", "first_token", "total"})
"""Of an attempt, which the HTTP library does not have."""

_HTTP_LIBRARY: dict[Major, str] = {"2": "httpx2", "0": "httpx"}

_STATUS_CLASSES_0 = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    413: "RequestTooLargeError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    529: "OverloadedError",
}
STATUS_CLASSES: dict[Major, dict[int, str]] = {
    "2": _STATUS_CLASSES_0
    | {
        402: "PaymentRequiredError",
        408: "RequestTimeoutError",
        412: "PreconditionFailedError",
        413: "ContentTooLargeError",
        431: "RequestHeaderFieldsTooLargeError",
        499: "ClientClosedRequestError",
        501: "HTTPNotImplementedError",
        503: "ServiceUnavailableError",
        504: "GatewayTimeoutError",
    },
    "0": _STATUS_CLASSES_0,
}
"""By the status alone; 2.x knows further classes by the `error_code` of a body, which the fake does not send."""


def exception_of(outcome: Outcome, major: Major = "2") -> str:
    """The class that an SDK raises for an outcome, `module.Name`; "" for none."""
    match outcome.kind:
        case "status":
            status = outcome.status or 0
            other = "InternalServerError" if status >= 500 else "APIStatusError"
            return f"anthropic.{STATUS_CLASSES[major].get(status, other)}"
        case "timeout" if outcome.phase in OWN_LIMITS:
            return "brownout.AttemptTimeout"
        case "gap" if outcome.phase in OWN_LIMITS:
            return "brownout.AttemptTimeout"
        case "stream_timeout":
            return f"{_HTTP_LIBRARY[major]}.ReadTimeout"
        case "stream_broken":
            return f"{_HTTP_LIBRARY[major]}.{'RemoteProtocolError' if outcome.detail == 'closed' else 'ReadError'}"
        case "malformed":
            return _malformed(outcome, major)
        case kind:
            return _EXCEPTIONS.get(kind, "")


def _malformed(outcome: Outcome, major: Major) -> str:
    """What the parsers raise that are in the way; a page is handed on as a text, and nothing raised."""
    match outcome.detail:
        case "no_utf8":
            return "builtins.UnicodeDecodeError"
        case "no_gzip":
            return f"{_HTTP_LIBRARY[major]}.DecodingError"
        case "order":
            return "builtins.IndexError" if major == "2" else "builtins.RuntimeError"
        case "no_start":
            return "builtins.AssertionError"
        case "text":
            return ""
    return "json.JSONDecodeError"


STREAM_BREAKS = frozenset({"stream_error", "stream_timeout", "stream_broken", "truncated", "gap"})


def is_failure(outcome: Outcome) -> bool:
    """Whether it speaks against the service: to a breaker, a bad request or its own refusal does not."""
    if outcome.kind == "status":
        status = outcome.status or 0
        return status in (408, 409, 429) or status >= 500
    return outcome.kind not in ("ok", "opened", "text", "cancelled", "censored", "breaker_open", "rejected", "skipped")
