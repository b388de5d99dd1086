"""The quota of the cloud SDKs: timeouts cost more than errors, and a retry that worked is paid back."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..outcome import Outcome
from .base import Budget, Purse


class Quota(Budget):
    """Each retry takes `cost` out, after a timeout `timeout_cost`, after a 429 `throttled_cost`. A call answered after
    retries puts back what its last one took; one that is answered at once puts in `refund`. The defaults are what
    AWS' SDKs had for years; since 2026 they charge 14, 14 and 5."""

    name: ClassVar[str] = "quota"
    example: ClassVar[dict[str, Any]] = {"kind": "quota", "capacity": 500, "cost": 5, "timeout_cost": 10}
    capacity: Annotated[int, Field(gt=0)] = 500
    cost: Annotated[int, Field(gt=0)] = 5
    timeout_cost: Annotated[int, Field(gt=0)] = 10
    throttled_cost: Annotated[int, Field(gt=0)] = 5
    refund: Annotated[int, Field(ge=0)] = 1

    def open(self) -> _Purse:
        return _Purse(self)


class _Purse(Purse):
    def __init__(self, budget: Quota) -> None:
        self._budget = budget
        self.tokens: float = budget.capacity

    def succeeds(self, paid: float | None, now: float) -> None:
        back = self._budget.refund if paid is None else paid
        self.tokens = min(self._budget.capacity, self.tokens + back)

    def take(self, outcome: Outcome, now: float) -> float | None:
        cost = self._cost_after(outcome)
        if cost > self.tokens:
            return None
        self.tokens -= cost
        return cost

    def _cost_after(self, outcome: Outcome) -> int:
        if outcome.kind == "timeout":
            return self._budget.timeout_cost
        return self._budget.throttled_cost if outcome.status == 429 else self._budget.cost
