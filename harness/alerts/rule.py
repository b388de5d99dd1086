"""What every rule is: parameters from a file, a state machine that is shown one tick after the other, and the same in
the words of Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

from pydantic import BaseModel, ConfigDict

from ..monitoring.tick import Tick
from .promql import Query


class Detector(Protocol):
    """A rule at work."""

    level: float | None
    """What it has last measured, in units of its limit: above 1 it fires. None while it cannot tell."""

    def see(self, tick: Tick) -> bool:
        """The next tick is over. Whether the rule fires now."""


class Rule(BaseModel):
    """One kind of rule. Its name in files is `kind`, its docstring the reference page."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    example: ClassVar[Mapping[str, Any]]

    def detector(self, step: float) -> Detector:
        """It at work, on ticks of `step` seconds: what it knows is bounded by its windows."""
        raise NotImplementedError

    def query(self, name: str) -> Query:
        """The same for Prometheus; `name` begins the names of what has to be recorded."""
        raise NotImplementedError

    def watches(self) -> tuple[str, ...]:
        """The signals that it goes by."""
        raise NotImplementedError

    def harder(self, times: float) -> Self | None:
        """The rule, so many times as hard to set off; None where that would be never."""
        raise NotImplementedError

    def needs(self) -> float | None:
        """The share of calls that has to be bad for it to fire, however long that lasts; None for rules of means."""
        return None

    def never(self) -> list[str]:
        """What of it can never fire, whatever happens, and why: by its own parameters."""
        return []

    @property
    def shortest(self) -> float:
        """Seconds over which it measures what `needs` speaks of, at the least."""
        raise NotImplementedError
