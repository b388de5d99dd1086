"""The cumulative sum for a share of bad calls: how much likelier a bad rate has become than the usual one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brownout.fakes.units import Share

from ...monitoring.tick import STEP, Tick
from ..promql import Query, Recording, increase, level_of, number, previous, query
from ..rule import Need, Rule, scaled
from ..signal import ShareOf, signal
from .cusum import CAP


class BernoulliCusum(Rule):
    """Fires while the evidence for the share `bad` against the share `usual` is above `limit`: each bad call adds
    `ln(bad / usual)`, each good one takes `ln((1 - usual) / (1 - bad))` away, and it never falls below 0 (Reynolds and
    Stoumbos, 1999). There is no window: it takes as many calls as the evidence takes. Calls of one tick are taken
    together."""

    kind: Literal["bernoulli_cusum"] = "bernoulli_cusum"
    of: ShareOf = "timeouts"
    usual: Annotated[Share, Field(gt=0, lt=1, description="the share of bad calls on a good day")] = 0.005
    bad: Annotated[Share, Field(gt=0, lt=1, description="the share that is to be found")] = 0.05
    limit: Annotated[float, Field(gt=0, description="evidence, as a natural logarithm")] = 8.0
    example: ClassVar[Mapping[str, Any]] = {"kind": "bernoulli_cusum", "usual": "0.5%", "bad": "5%", "limit": 8}

    @model_validator(mode="after")
    def _ordered(self) -> BernoulliCusum:
        if self.bad <= self.usual:
            raise ValueError("bad must be above usual")
        return self

    @property
    def gain(self) -> float:
        """What a bad call adds."""
        return math.log(self.bad / self.usual)

    @property
    def loss(self) -> float:
        """What a good call takes away."""
        return math.log((1.0 - self.usual) / (1.0 - self.bad))

    def detector(self, step: float) -> Evidence:
        return Evidence(self)

    def query(self, name: str) -> Query:
        total = f"{name}:evidence"
        before, (bad, calls) = previous(total, STEP), increase(self.of, STEP)
        grown = f"{bad} * {number(self.gain + self.loss)} - {calls} * {number(self.loss)}"
        expr = f"clamp({before} + {grown}, 0, {number(CAP * self.limit)}) or {before}"
        level = Recording(level_of(name), f"{total} / {number(self.limit)}")
        return query(name, (Recording(total, expr), level))

    def harder(self, times: float) -> Self:
        return self.model_copy(update={"limit": scaled(self.limit, times)})

    def needs(self) -> list[Need]:
        return [Need(self.loss / (self.gain + self.loss), STEP)]


class Evidence:
    """The sum at work."""

    def __init__(self, rule: BernoulliCusum) -> None:
        self._of, self._limit = signal(rule.of).of, rule.limit
        self._both, self._loss = rule.gain + rule.loss, rule.loss
        self._sum = 0.0
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        bad, calls = self._of(tick)
        self._sum = min(CAP * self._limit, max(0.0, self._sum + bad * self._both - calls * self._loss))
        self.level = self._sum / self._limit
        return self.level > 1.0
