"""Faults for the next requests, whoever sends them: what a test scripts goes before what a phase has in force."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from .draws import Identity
from .timeline import Armed


@dataclass(eq=False, slots=True)
class Turns:
    """How many requests, or connections, a scripted fault is still for, and those it was for."""

    left: float
    """Infinite for one that lasts."""
    taken: set[Identity] = field(default_factory=set)

    def take(self, who: Identity | None) -> bool:
        """Whether it is for this one; None for a connection of which nothing is known. One request, asked about
        twice, takes one turn."""
        if who in self.taken:
            return True
        if self.left < 1:
            return False
        self.left -= 1
        if who is not None:
            self.taken.add(who)
        return True


@dataclass(frozen=True, slots=True)
class Scripted(Armed):
    """A fault for so many requests that it concerns, in the order in which they come. Its share is drawn first: a turn
    is taken by a request that is hit."""

    turns: Turns

    def hits(self, who: Identity, stream: bool, now: float) -> bool:
        return (who in self.turns.taken or Armed.hits(self, who, stream, now)) and self.turns.take(who)

    def keeps_out(self, before: Armed | None) -> bool:
        """Whether a connection of which nothing is known takes a turn; `before` as in `Endpoint.knock`."""
        return self is before or (self.fault.takes_the_port and self.turns.take(None))

    def lasts(self) -> bool:
        return self.turns.left == inf

    def lets_in(self) -> bool:
        return not self.fault.on_connect and self.turns.left >= 1
