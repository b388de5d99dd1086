"""What a resilient client raises of its own accord. Whoever catches the SDK's errors catches these.

What the SDK or its HTTP library has raised is raised as it was.
"""

from __future__ import annotations

from typing import Any

import anthropic

from ..drivers.sdk.library import http
from ..policies.outcome import Outcome

__all__ = [
    "AttemptTimeout",
    "BreakerOpen",
    "CallRejected",
    "ContentGapExceeded",
    "DeadlineExceeded",
    "LimitExceeded",
    "MalformedAnswer",
    "ResilienceError",
    "StreamTruncated",
]


class ResilienceError(anthropic.APIConnectionError):
    """The base of all of them. `outcome` is the word that records have for it, `partial` the text of a stream that had
    come by then."""

    about = "the call was given up"

    def __init__(self, request: Any, outcome: str = "", partial: str = "") -> None:
        message = self.about if type(self) is not ResilienceError or not outcome else f"{self.about}: {outcome}"
        anthropic.APIError.__init__(self, message, request, body=None)
        self.outcome = outcome
        self.partial = partial

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.request, self.outcome, self.partial)


class LimitExceeded(ResilienceError, anthropic.APITimeoutError):
    """One of the client's own limits on time has run out."""

    about = "a limit of the client's has run out"


class DeadlineExceeded(LimitExceeded):
    """The limit on the whole call has run out, its retries and waits included."""

    about = "the call was not over by its deadline"


class AttemptTimeout(LimitExceeded):
    """An attempt, its headers or its first content took too long, and no retry was left."""

    about = "an attempt took too long"


class ContentGapExceeded(LimitExceeded):
    """A stream went without content for too long, whether or not it sent pings."""

    about = "the stream has sent no content for too long"


class BreakerOpen(ResilienceError):
    """Refused without a request: the breaker is open, or half-open with all its probes under way."""

    about = "not sent: the circuit breaker is open"


class CallRejected(ResilienceError):
    """Refused without a request, by a limit on calls at once or in a time, or by the throttle."""

    about = "not sent: more calls than the client's own limits allow"


class StreamTruncated(ResilienceError):
    """A stream ended in good order, but before the message did. The SDK takes that for a success."""

    about = "the stream ended before its message_stop"


class MalformedAnswer(ResilienceError):
    """What came with status 200 is no message: a proxy's page, say, which the SDK returns as a text."""

    about = "the answer is not a message"


_BY_KIND: dict[str, type[ResilienceError]] = {
    "truncated": StreamTruncated,
    "malformed": MalformedAnswer,
    "limit": LimitExceeded,
}
"""Where the SDK raises nothing. Outcomes that have an exception of ours by name are found by that name."""


def error_of(outcome: Outcome, url: str, partial: str | None) -> BaseException:
    """What a call that ended so raises; `partial` of a stream. The default is the base class."""
    error = outcome.value
    if isinstance(error, BaseException):
        if partial is not None:
            error.partial = partial  # type: ignore[attr-defined]
        return error
    module, _, name = outcome.exception.rpartition(".")
    named = globals().get(name) if module == "brownout" else None
    kind = named or _BY_KIND.get(outcome.kind) or _BY_KIND.get(outcome.detail, ResilienceError)
    made: BaseException = kind(http.Request("POST", f"{url.rstrip('/')}/v1/messages"), outcome.kind, partial or "")
    return made
