"""What every rule is: parameters from a file, a state machine that is shown one tick after the other, and the same in
the words of Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from pydantic import BaseModel, ConfigDict

from ..monitoring.tick import Tick
from .promql import Query


def scaled(value: float, times: float) -> float:
    """So many times the value, in figures that somebody would write."""
    return value if times == 1.0 else float(f"{value * times:.4g}")


class Need(NamedTuple):
    """What has to come together for a rule, or a part of it, to fire: more than a share of the calls of so many seconds
    has to be bad."""

    share: float
    seconds: float
    calls: int = 1
    """How many there have to be in that time."""
    what: str = ""
    """Of which part it is; empty for the whole rule."""


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
    is_scaled: ClassVar[bool] = False
    """Whether the rule, made so many times as hard to set off, fires just while its level is above that."""
    of: str = ""
    """The signal that is watched; empty for a rule that watches several."""

    def detector(self, step: float) -> Detector:
        """It at work, on ticks of `step` seconds: what it knows is bounded by its windows."""
        raise NotImplementedError

    def query(self, name: str) -> Query:
        """The same for Prometheus; `name` begins the names of what has to be recorded."""
        raise NotImplementedError

    def watches(self) -> tuple[str, ...]:
        """The signals that it goes by."""
        return (self.of,)

    def harder(self, times: float) -> Self | None:
        """The rule, so many times as hard to set off; None where that would be never."""
        raise NotImplementedError

    def needs(self) -> list[Need]:
        """What has to be so bad that it fires, however long that lasts: any of these is enough. Nothing for rules of
        means."""
        return []

    def never(self) -> list[str]:
        """What of it can never fire, whatever happens, and why: by its own parameters."""
        return []
