"""The spend cap: once a month has cost so much, the service pauses until the next, and tells nobody when to retry."""

from __future__ import annotations

from math import inf
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ..billing import Billing
from ..journal import Served
from ..plan import FINISH, Error, Head, Plan
from ..units import Duration, Money

SPENT = Error(
    "rate_limit_error",
    "You have reached your API usage limits: your organization has crossed its monthly API usage threshold, set "
    "based on your organization's API tier. You will regain access on the first of next month at 00:00 UTC.",
    (("error_code", "enforced_spend_limit_reached"),),
)
PAUSED: Plan = (Head(429), SPENT, FINISH)
"""The answer to every request from then on."""


class Spending(BaseModel):
    """The monthly spend cap. Requests count when they are over, at the prices of `server.billing`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cap: Annotated[Money, Field(gt=0, description="what a month may cost")]
    already: Annotated[Money, Field(description="what it has cost before the scenario begins")] = 0.0
    month_ends_after: Annotated[Duration | None, Field(description="then all is well again; not given: never")] = None


class Spent:
    """What this month has cost, of all that is over."""

    __slots__ = ("_billing", "_cap", "_month_ends", "_spent")

    def __init__(self, spending: Spending, billing: Billing) -> None:
        self._billing = billing
        self._cap = spending.cap
        self._month_ends = inf if spending.month_ends_after is None else spending.month_ends_after
        self._spent = [spending.already, 0.0]
        """In this month and in the next."""

    def add(self, served: Served) -> None:
        """It is over, and counts in the month in which it ended."""
        is_next = served.ended is not None and served.ended >= self._month_ends
        self._spent[is_next] += self._billing.dollars(*self._billing.tokens(served))

    def is_paused(self, now: float) -> bool:
        """Whether the cap of the month that it is has been reached."""
        return self._spent[now >= self._month_ends] >= self._cap
