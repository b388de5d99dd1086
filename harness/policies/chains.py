"""One budget of time for a chain of calls: how much each step may take, and where the time went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Allocation(Protocol):
    """How what is left is shared out."""

    def share(self, left: float, done: int) -> float | None:
        """Seconds for the step after so many; None if there is no use in beginning it."""


class Half(NamedTuple):
    """Half of what is left, at most `cap`: early steps cannot starve later ones, of which there may be any number. With
    less than `reserve` left no step is begun."""

    reserve: float = 30.0
    cap: float = 120.0

    def share(self, left: float, done: int) -> float | None:
        return None if left < self.reserve else min(left / 2.0, self.cap)


class Equal(NamedTuple):
    """What is left, by the steps that are left."""

    steps: int

    def share(self, left: float, done: int) -> float | None:
        return left / (self.steps - done) if left > 0.0 and done < self.steps else None


class Proportional(NamedTuple):
    """What is left, by the work that is left: of each step in any unit, such as its tokens."""

    work: Sequence[float]

    def share(self, left: float, done: int) -> float | None:
        if left <= 0.0 or done >= len(self.work):
            return None
        to_do = sum(self.work[done:])
        return left * self.work[done] / to_do if to_do else left


class Spent(NamedTuple):
    """What one step was given and took, in seconds."""

    step: str
    given: float
    took: float

    @property
    def is_over(self) -> bool:
        """Whether it took all that it was given."""
        return self.took >= self.given


class ChainBudget:
    """The budget of one chain, of `total` seconds from the first step on. `now` is any clock of seconds."""

    def __init__(self, total: float, allocation: Allocation) -> None:
        self.total = total
        self.spent: list[Spent] = []
        """Of each step that has ended, in order."""
        self._allocation = allocation
        self._began: float | None = None
        self._step: tuple[str, float, float] | None = None

    def begin(self, now: float, step: str = "") -> float | None:
        """A step begins, and ends the one before: the seconds it may take, or None if the chain has to end."""
        self.end(now)
        if self._began is None:
            self._began = now
        given = self._allocation.share(self.left(now), len(self.spent))
        if given is not None:
            self._step = step or f"step {len(self.spent) + 1}", now, given
        return given

    def end(self, now: float) -> None:
        """The step that is under way has ended, if one is."""
        if self._step is not None:
            (step, began, given), self._step = self._step, None
            self.spent.append(Spent(step, given, now - began))

    def left(self, now: float) -> float:
        """Seconds."""
        return self.total if self._began is None else max(0.0, self.total - (now - self._began))

    def explain(self) -> str:
        """Where the time went, a line for each step: the longest is marked."""
        longest = max(self.spent, key=lambda spent: spent.took, default=None)
        lines = [
            f"{spent.step}: {spent.took:.1f} of {spent.given:.1f} s"
            + (", all it was given" if spent.is_over else "")
            + (", the longest" if spent is longest and len(self.spent) > 1 else "")
            for spent in self.spent
        ]
        return "\n".join([*lines, f"together {sum(spent.took for spent in self.spent):.1f} of {self.total:.1f} s"])
