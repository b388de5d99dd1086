"""When to try again and how long to wait: the parts of a retry that are tables and formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from brownout.fakes.units import Duration

from .outcome import STREAM_BREAKS, Outcome

Cause: TypeAlias = Literal[
    "timeout",
    "connection",
    "rate_limit",
    "overloaded",
    "server_error",
    "stream_before_text",
    "stream_after_text",
    "malformed",
]

CAUSES: dict[Cause, Callable[[Outcome], bool]] = {
    "timeout": lambda o: o.kind == "timeout",
    "connection": lambda o: o.kind == "connection",
    "rate_limit": lambda o: o.kind == "status" and o.status == 429,
    "overloaded": lambda o: o.kind == "status" and o.status == 529,
    "server_error": lambda o: o.kind == "status" and (o.status or 0) >= 500 and o.status != 529,
    "stream_before_text": lambda o: o.kind in STREAM_BREAKS and o.tokens == 0,
    "stream_after_text": lambda o: o.kind in STREAM_BREAKS and o.tokens > 0,
    "malformed": lambda o: o.kind == "malformed",
}
"""What an outcome must be for each name that `on:` may list."""


LONGEST = 1e9
"""Seconds, thirty years: no delay is longer, so that none is too large for a float."""


class AdditiveJitter(BaseModel):
    """Up to this much is added to the delay, evenly."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    additive: Annotated[Duration, Field(gt=0)]


class Backoff(BaseModel):
    """Exponential: `base`, `base` x `factor`, ..., at most `max`.

    Jitter: `none`; `full` draws evenly from 0 to the delay; `{additive: 1s}` adds up to a second.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    base: Annotated[Duration, Field(gt=0)] = 1.0
    factor: Annotated[float, Field(ge=1)] = 2.0
    max: Annotated[Duration | None, Field(gt=0)] = None
    jitter: Literal["none", "full"] | AdditiveJitter = "full"

    def delay(self, retry: int, u: float) -> float:
        """Seconds before the `retry`-th retry, counted from 0; `u` is a draw from (0, 1)."""
        longest = LONGEST if self.max is None else self.max
        try:
            delay = min(self.base * self.factor**retry, longest)
        except OverflowError:
            delay = longest
        if self.jitter == "full":
            return delay * u
        if isinstance(self.jitter, AdditiveJitter):
            return delay + self.jitter.additive * u
        return delay


class Budget(BaseModel):
    """A token bucket for retries: each call puts `deposit` in, each retry takes one out, at most `capacity` are kept.

    In an outage of everything retries then add `deposit` to the load, not a multiple of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    deposit: Annotated[float, Field(gt=0, le=1)] = 0.1
    capacity: Annotated[float, Field(ge=1)] = 10.0


_ROUNDING = 1e-9
"""Ten deposits of 0.1 are a little less than 1."""


class Purse:
    """The state of a `Budget`, shared by the calls of a client."""

    __slots__ = ("_budget", "tokens")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.tokens = budget.capacity

    def deposit(self) -> None:
        self.tokens = min(self._budget.capacity, self.tokens + self._budget.deposit)

    def take(self) -> bool:
        """Pay for a retry; False when it cannot be afforded."""
        if self.tokens < 1.0 - _ROUNDING:
            return False
        self.tokens = max(0.0, self.tokens - 1.0)
        return True
