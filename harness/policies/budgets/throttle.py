"""gRPC's throttle: failures wear it down, successes build it up, and below half of it nobody retries."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..outcome import Outcome
from .base import Budget, Purse


class Throttle(Budget):
    """Each attempt that fails takes one out, each call that is answered puts `token_ratio` in. Retries are made while
    there is more than half of `max_tokens`."""

    name: ClassVar[str] = "throttle"
    example: ClassVar[dict[str, Any]] = {"kind": "throttle", "max_tokens": 10, "token_ratio": 0.1}
    max_tokens: Annotated[float, Field(gt=0)] = 10.0
    token_ratio: Annotated[float, Field(gt=0)] = 0.1

    def open(self) -> _Purse:
        return _Purse(self)


class _Purse(Purse):
    def __init__(self, budget: Throttle) -> None:
        self._budget = budget
        self.tokens = budget.max_tokens

    def fails(self, outcome: Outcome, now: float) -> None:
        self.tokens = max(0.0, self.tokens - 1.0)

    def succeeds(self, paid: float | None, now: float) -> None:
        self.tokens = min(self._budget.max_tokens, self.tokens + self._budget.token_ratio)

    def take(self, outcome: Outcome, now: float) -> float | None:
        return 0.0 if self.tokens > self._budget.max_tokens / 2.0 else None
