"""What the parts of a run contribute to its metrics, and how two parts come to one.

A tally has one definition for both ways to measure: of a run whose records are all there, which is one part, and of
one whose records are forgotten part by part. A metric is a function of what the tallies of the whole run come to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

if TYPE_CHECKING:  # a scenario's objectives name metrics, so these cannot be needed to define one
    from ..program import Contestant
    from ..scenario import Scenario
    from .observed import Observed


class Mergeable(Protocol):
    """What a part comes to, or several."""

    def plus(self, part: Self, /) -> Self:
        """What these and one more come to. The order of parts does not matter, but to what forgets by their
        watermarks."""


Found = TypeVar("Found", bound=Mergeable)


class Tally(Generic[Found]):
    """Maps a part of a run, with everything of each of its calls, to what it contributes."""

    def __init__(self, find: Callable[[Observed], Found]) -> None:
        self.find = find


TALLIES: list[Tally[Mergeable]] = []
"""Everything that metrics ask of a run."""


def tally(find: Callable[[Observed], Found]) -> Tally[Found]:
    """Decorates the function that finds it, which must look at one call at a time: calls that stand in one part have
    nothing to do with those of another."""
    made = Tally(find)
    TALLIES.append(made)  # type: ignore[arg-type]  # of whatever it finds, only `plus` is asked
    return made


class Whole(Protocol):
    """A run as metrics see it."""

    @property
    def scenario(self) -> Scenario: ...

    @property
    def client(self) -> Contestant: ...

    @property
    def twin_of_it(self) -> Whole | None:
        """The run without faults, if there was one."""

    def total(self, tally: Tally[Found]) -> Found:
        """What it comes to over all parts."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Numbers, counters or arrays that add up, field by field."""

    def plus(self, other: Self) -> Self:
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Ratio(Sums):
    """An amount, and of how many: what a mean or a share is made of."""

    amount: float
    of: int

    @property
    def value(self) -> float:
        """Raises `ZeroDivisionError` of nothing."""
        return self.amount / self.of
