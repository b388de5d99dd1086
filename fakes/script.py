"""Faults for the next requests, whoever sends them: what a test scripts goes before what a phase has in force."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import blake2b
from math import inf
from typing import TYPE_CHECKING

from .draws import Identity
from .faults.base import STAGES, Stage
from .timeline import Armed

if TYPE_CHECKING:
    from .ticket import Request


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

    def keeps_out(self, number: int, now: float, before: Armed | None) -> bool:
        """Whether a connection of which nothing is known takes a turn; `before` as in `Entrance.knock`."""
        if self is before:
            return True
        is_hit = self.is_blind and Armed.hits(self, Identity(0, number), False, now)
        return (self.fault.takes_the_port or is_hit) and self.turns.take(None)

    def lasts(self) -> bool:
        return self.turns.left == inf

    def lets_in(self, stages: AbstractSet[Stage] = STAGES) -> bool:
        return self.fault.stage not in stages and self.turns.left >= 1


def hashed(key: str) -> str:
    """What is kept of an API key: enough to know it again."""
    return blake2b(key.encode(errors="replace"), digest_size=16, person=b"brownout key").hexdigest()


@dataclass(slots=True)
class Asking:
    """The request that the endpoint is being asked about: identities say nothing of keys and tests."""

    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose requests a fault is for; what is not given is not restricted."""

    key: str | None = None
    """As `hashed` makes it."""
    test: str | None = None

    def includes(self, request: Request) -> bool:
        if self.test is not None and request.test != self.test:
            return False
        return self.key is None or hashed(request.key) == self.key


@dataclass(frozen=True, slots=True)
class Scoped(Scripted):
    """One for the requests of one API key or test alone. A connection tells neither before its request comes: that is
    what is kept out then."""

    scope: Scope
    asking: Asking

    @property
    def is_blind(self) -> bool:
        return False

    def hits(self, who: Identity, stream: bool, now: float) -> bool:
        return self._concerns_asking() and Scripted.hits(self, who, stream, now)

    def keeps_out(self, number: int, now: float, before: Armed | None) -> bool:
        return False

    def lets_in(self, stages: AbstractSet[Stage] = STAGES) -> bool:
        return self._concerns_asking() and Scripted.lets_in(self, stages)

    def _concerns_asking(self) -> bool:
        request = self.asking.request
        return request is not None and self.scope.includes(request)
