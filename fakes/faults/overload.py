"""529: the service has no capacity to spare."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import FINISH, RELEASE, Error, Head, Plan, is_unanswered
from ..units import Duration
from .base import Fault


class Overload(Fault):
    """An `overloaded_error`, as a rule without `retry-after`."""

    kind: Literal["overload"] = "overload"
    at: Literal["arrival", "before_headers"] = "arrival"
    retry_after: Annotated[Duration | None, Field(description="the header's value; not given: no header")] = None
    should_retry: Annotated[bool | None, Field(description="the `x-should-retry` header; not given: no header")] = None
    example: ClassVar[dict[str, Any]] = {"kind": "overload", "share": "30%", "per": {"window": "5s"}}

    def instead(self, rest: Plan) -> Plan | None:
        if not is_unanswered(rest):
            return None
        head = Head(529, retry_after=self.retry_after, should_retry=self.should_retry)
        return (RELEASE, head, Error("overloaded_error", "Overloaded"), FINISH)
