"""Calls at even distances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from brownout.fakes.units import Rate

from .base import Arrivals, Crowd, Schedule


class Steady(Arrivals):
    """Calls come evenly spaced, each client in its turn. `rate` is that of all clients together."""

    kind: Literal["steady"] = "steady"
    rate: Annotated[Rate, Field(gt=0)]
    example: ClassVar[Mapping[str, Any]] = {"kind": "steady", "rate": "20/s"}

    def schedule(self, crowd: Crowd) -> Schedule:
        return _InTurn(self.rate, crowd)

    def mean_rate(self, clients: int, horizon: float) -> float:
        return self.rate

    def sampled(self, share: float) -> Self:
        return self.model_copy(update={"rate": self.rate * share})


class _InTurn(Schedule):
    def __init__(self, rate: float, crowd: Crowd) -> None:
        self._rate, self._number_one, self._spacing = rate, crowd.first, crowd.clients / rate

    def first(self, client: int) -> float:
        return (client - self._number_one) / self._rate

    def following(self, client: int, call: int, since: float) -> float:
        return since + self._spacing
