"""An error inside a stream that began well: status 200, some text, then `event: error`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..errors import MESSAGES
from ..moments import AfterTokens, InBody
from ..plan import FINISH, RELEASE, Plan, is_unanswered
from ..plan import StreamError as ErrorEvent
from .base import Fault

Type = Literal[
    "overloaded_error",
    "api_error",
    "rate_limit_error",
    "timeout_error",
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "conflict_error",
    "request_too_large",
]


class StreamError(Fault):
    """The stream breaks off with an error event of the type given."""

    kind: Literal["stream_error"] = "stream_error"
    at: InBody = AfterTokens(tokens=3)
    type: Type = "overloaded_error"
    example: ClassVar[dict[str, Any]] = {"kind": "stream_error", "at": {"tokens": 5}}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        if is_unanswered(rest):
            return None
        return (RELEASE, ErrorEvent(self.type, MESSAGES[self.type]), FINISH)
