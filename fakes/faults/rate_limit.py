"""429: the organisation's quota is used up."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..errors import ERRORS
from ..limits.spending import SPENT
from ..plan import Error, Plan
from ..refusal import Refusal

_ERRORS = {
    "quota": ERRORS[429],
    "acceleration": Error(
        "rate_limit_error",
        "This request would exceed your organization's maximum usage increase rate. Please scale up your usage more "
        "gradually to stay within the acceleration limit.",
    ),
    "spend_cap": SPENT,
}


class RateLimit(Refusal):
    """A `rate_limit_error`, with or without `retry-after`. Once the month's money is spent there is none: it is of no
    use to try again before the next, and the error has `error_code: enforced_spend_limit_reached`."""

    kind: Literal["rate_limit"] = "rate_limit"
    at: Literal["arrival"] = "arrival"
    why: Annotated[
        Literal["quota", "acceleration", "spend_cap"],
        Field(description="what was exceeded: a quota, the rate at which usage may grow, the month's money"),
    ] = "quota"
    example: ClassVar[dict[str, Any]] = {"kind": "rate_limit", "share": "90%", "retry_after": "5s"}

    @model_validator(mode="after")
    def _spent_for_the_month(self) -> RateLimit:
        if self.why == "spend_cap" and (self.retry_after is not None or self.retry_after_text is not None):
            raise ValueError("the service says no retry-after when the month's money is spent")
        return self

    def instead(self, rest: Plan) -> Plan | None:
        return self.refused(rest, 429, _ERRORS[self.why])
