"""How far a batch is, as a function of when it was created, when it was canceled and what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Status = Literal["in_progress", "canceling", "ended"]
LIFETIME = 24 * 3600.0
"""What is not done by then is done no more."""


class Pace(NamedTuple):
    """How long batches take, in seconds of the scenario."""

    base: float = 10.0
    """Before the first request is begun."""
    each: float = 0.1
    """For a request; they are worked off in their order, one after the other."""
    canceling: float = 2.0
    """From a cancellation until the batch has ended."""


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of a batch of `count` requests, unless it is canceled (again)."""

    count: int
    created: float
    pace: Pace
    canceled: float | None = None

    @property
    def expires(self) -> float:
        return self.created + LIFETIME

    @property
    def ends(self) -> float:
        """When every request has its result."""
        end = min(self._all_done, self.expires)
        return end if self.canceled is None else min(end, self.canceled + self.pace.canceling)

    @property
    def answered(self) -> int:
        """How many requests, the first ones, will have been answered; the others are canceled or expire."""
        return self._done_by(self.ends if self.canceled is None else self.canceled)

    @property
    def others(self) -> Literal["canceled", "expired"]:
        """What becomes of those."""
        return "expired" if self.canceled is None else "canceled"

    def status(self, now: float) -> Status:
        """Of the batch as a whole."""
        if now >= self.ends:
            return "ended"
        return "in_progress" if self.canceled is None else "canceling"

    @property
    def _all_done(self) -> float:
        return self.created + self.pace.base + self.count * self.pace.each

    def _done_by(self, now: float) -> int:
        if now >= self._all_done:
            return self.count
        if not self.pace.each:
            return 0  # what takes no time is done at one stroke
        begun = (now - self.created - self.pace.base) / self.pace.each
        return int(max(0.0, min(begun, self.count - 1.0)))  # short of all, whatever the last bits of a quotient say
