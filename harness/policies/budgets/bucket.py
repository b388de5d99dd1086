"""A token bucket: retries may be a share of the calls, and some more at once."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..outcome import Outcome
from .base import ROUNDING, Budget, Purse


class Bucket(Budget):
    """Each call (or each `success`) puts `deposit` in, each retry takes one out, at most `capacity` are kept.

    In an outage of everything retries then add `deposit` to the load, not a multiple of it; with deposits for successes
    alone, nothing once the bucket is empty."""

    name: ClassVar[str] = "bucket"
    example: ClassVar[dict[str, Any]] = {"kind": "bucket", "deposit": 0.1, "capacity": 10}
    deposit: Annotated[float, Field(gt=0, le=1)] = 0.1
    deposit_on: Literal["call", "success"] = "call"
    capacity: Annotated[float, Field(ge=1)] = 10.0

    def open(self) -> _Purse:
        return _Purse(self)


class _Purse(Purse):
    def __init__(self, budget: Bucket) -> None:
        self._capacity, self._deposit = budget.capacity, budget.deposit
        self._is_for_calls = budget.deposit_on == "call"
        self.tokens = budget.capacity

    def begins(self, now: float) -> None:
        if self._is_for_calls:
            self._put_in()

    def succeeds(self, paid: float | None, now: float) -> None:
        if not self._is_for_calls:
            self._put_in()

    def _put_in(self) -> None:
        tokens = self.tokens + self._deposit
        self.tokens = tokens if tokens < self._capacity else self._capacity

    def take(self, outcome: Outcome, now: float) -> float | None:
        if self.tokens < 1.0 - ROUNDING:
            return None
        self.tokens = max(0.0, self.tokens - 1.0)
        return 1.0
