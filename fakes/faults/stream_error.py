"""An error inside a stream that began well: status 200, some text, then `event: error`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, InBody
from ..plan import FINISH, RELEASE, Plan, is_unanswered
from ..plan import StreamError as ErrorEvent
from .base import Fault

MESSAGES = {
    "overloaded_error": "Overloaded",
    "api_error": "Internal server error",
    "rate_limit_error": "This request would exceed your organization's rate limit. Please try again later.",
    "timeout_error": "Request timed out",
}


class StreamError(Fault):
    """The stream breaks off with an error event of the type given."""

    kind: Literal["stream_error"] = "stream_error"
    at: InBody = AfterTokens(tokens=3)
    type: Literal["overloaded_error", "api_error", "rate_limit_error", "timeout_error"] = "overloaded_error"
    example: ClassVar[dict[str, Any]] = {"kind": "stream_error", "at": {"tokens": 5}}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        if is_unanswered(rest):
            return None
        return (RELEASE, ErrorEvent(self.type, MESSAGES[self.type]), FINISH)
