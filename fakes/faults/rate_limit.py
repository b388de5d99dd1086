"""429: the organisation's quota is used up."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import FINISH, RELEASE, Error, Head, Plan, is_unanswered
from ..units import Duration
from .base import Fault

MESSAGE = "This request would exceed your organization's rate limit. Please try again later."


class RateLimit(Fault):
    """A `rate_limit_error`, with or without `retry-after`."""

    kind: Literal["rate_limit"] = "rate_limit"
    at: Literal["arrival"] = "arrival"
    retry_after: Annotated[Duration | None, Field(description="the header's value; not given: no header")] = None
    should_retry: Annotated[bool | None, Field(description="the `x-should-retry` header; not given: no header")] = None
    example: ClassVar[dict[str, Any]] = {"kind": "rate_limit", "share": "90%", "retry_after": "5s"}

    def instead(self, rest: Plan) -> Plan | None:
        if not is_unanswered(rest):
            return None
        head = Head(429, retry_after=self.retry_after, should_retry=self.should_retry)
        return (RELEASE, head, Error("rate_limit_error", MESSAGE), FINISH)
