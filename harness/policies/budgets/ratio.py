"""Retries as a share of the calls of the last seconds, and a few a second in any case."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration, Rate, Share

from ..outcome import Outcome
from ..windows import Sums
from .base import ROUNDING, Budget, Purse


class Ratio(Budget):
    """In the last `window` there may be `share` of the calls as retries, and `floor` more. The floor lets a client with
    little traffic retry at all."""

    name: ClassVar[str] = "ratio"
    example: ClassVar[dict[str, Any]] = {"kind": "ratio", "share": "20%", "floor": "1/s", "window": "10s"}
    share: Annotated[Share, Field(ge=0, le=1)] = 0.2
    floor: Annotated[Rate, Field(ge=0)] = 1.0
    window: Annotated[Duration, Field(gt=0)] = 10.0

    def open(self) -> _Purse:
        return _Purse(self)


class _Purse(Purse):
    def __init__(self, budget: Ratio) -> None:
        self._budget = budget
        self._seen = Sums(budget.window, "calls", "retries")

    def begins(self, now: float) -> None:
        self._seen.add(now, calls=1)

    def take(self, outcome: Outcome, now: float) -> float | None:
        calls, retries = self._seen.of_window(now)
        budget = self._budget
        if retries + 1 > calls * budget.share + budget.floor * budget.window + ROUNDING:
            return None
        self._seen.add(now, retries=1)
        return 1.0
