"""What a program did to the service, in order: every request, and every connection that was not let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from brownout.fakes.billing import Billing
from brownout.fakes.journal import Served, TurnedAway

ROUNDING = 1e-6
"""Seconds by which a wait may be too short without anybody having been early."""


@dataclass(frozen=True)
class Attempt:
    """One try to get an answer. Times are seconds since the beginning of the test."""

    at: float
    ended: float | None
    """When the last of its answer was sent, or the client left; None while it goes on."""
    status: int | None = None
    """Of the answer; None where there was none."""
    stream: bool = False
    tokens: int = 0
    """Of the answer, as far as it was sent."""
    is_complete: bool = False
    """Whether the whole answer was sent."""
    closed_by_client: bool = False
    """Whether the client left before that."""
    fault: str | None = None
    """What was meant to hit it, and whether it did."""
    has_fired: bool = False
    retry_after: float | None = None
    """Seconds that the answer asked the client to wait."""
    retry: int = 0
    """Which retry the SDK says it is; 0 for the first try."""
    connected: bool = True
    """Whether a request came at all; else it is a connection that was not let in."""
    wasted: int = 0
    """Tokens of the answer that nobody can use, as it was not sent to its end, and that are billed all the same."""

    @classmethod
    def served(cls, served: Served) -> Attempt:
        left = served.left is not None
        _, billed = Billing().tokens(served)
        return cls(
            served.arrived,
            served.left if left else served.ended,
            served.status,
            served.stream,
            served.sent_tokens,
            served.is_complete and not left,
            left,
            served.fault,
            served.has_fired,
            served.retry_after,
            served.who.attempt,
            wasted=0 if served.is_complete and not left else billed,
        )

    @classmethod
    def turned_away(cls, away: TurnedAway) -> Attempt:
        return cls(away.at, away.at, fault=away.fault, has_fired=True, connected=False)


@dataclass(frozen=True, repr=False)
class Trace:
    """All attempts of a test, or of a part of it, in the order in which they came.

    Each figure is about the attempts in sight: `brownout.trace` has all of the test, that of a `within` or a `budget`
    those that came in it.
    """

    tries: tuple[Attempt, ...]
    began: float
    now: float
    """Seconds since the beginning of the test at which the trace was taken, or its part ended."""
    deadline: float | None = None
    """When the part of the test should have been over."""

    @classmethod
    def of(cls, served: Sequence[Served], away: Sequence[TurnedAway], now: float) -> Trace:
        # Who is refused may come again in the same instant; who is answered cannot.
        tries = [*map(Attempt.served, served), *map(Attempt.turned_away, away)]
        return cls(tuple(sorted(tries, key=lambda each: (each.at, each.connected))), 0.0, now)

    def __repr__(self) -> str:
        """What assertions print of it: the attempts are listed below a test that fails."""
        return f"Trace({self.attempts} attempts in {self.elapsed:g} s)"

    def since(self, before: Trace, deadline: float | None = None) -> Trace:
        """Those that came after an earlier trace of the test was taken: counted, as virtual time may stand still
        between two of them."""
        return Trace(self.tries[len(before) :], before.now, self.now, deadline)

    def __len__(self) -> int:
        return len(self.tries)

    @property
    def attempts(self) -> int:
        """How many requests came, and connections that were not let in."""
        return len(self.tries)

    @property
    def statuses(self) -> list[int | None]:
        """Of the answers, in order; None where there was none."""
        return [each.status for each in self.tries]

    @property
    def gaps(self) -> list[float]:
        """Seconds from the beginning of each attempt to that of the next."""
        return [_seconds(after.at - before.at) for before, after in pairwise(self.tries)]

    @property
    def min_gap(self) -> float:
        """The shortest of them; endless where there is none."""
        return min(self.gaps, default=float("inf"))

    @property
    def waits(self) -> list[float]:
        """Seconds from the end of each attempt to the beginning of the next, of those that did not overlap."""
        return [
            _seconds(after.at - before.ended)
            for before, after in pairwise(self.tries)
            if before.ended is not None and before.ended <= after.at
        ]

    @property
    def min_wait(self) -> float:
        """The shortest of them; endless where there is none."""
        return min(self.waits, default=float("inf"))

    @property
    def elapsed(self) -> float:
        """Seconds from the beginning of the test, or of its part."""
        return _seconds(self.now - self.began)

    @property
    def closed_by_client(self) -> bool:
        """Whether the program closed a connection, or let it go, before its answer was whole."""
        return any(each.closed_by_client for each in self.tries)

    @property
    def complete(self) -> int:
        """How many answers were sent to their end."""
        return sum(each.is_complete for each in self.tries)

    @property
    def tokens_wasted(self) -> int:
        """Tokens of answers that broke off, or that nobody waited for: they are billed all the same."""
        return sum(each.wasted for each in self.tries)

    @property
    def after_deadline(self) -> int:
        """How many attempts came after the part of the test should have been over."""
        return 0 if self.deadline is None else sum(each.at > self.deadline for each in self.tries)

    @property
    def too_early(self) -> list[float]:
        """For each retry that came before the answer ahead of it allowed one, by how many seconds."""
        early = []
        for before, after in pairwise(self.tries):
            if before.retry_after is not None and before.ended is not None:
                by = before.ended + before.retry_after - after.at
                if by > ROUNDING:
                    early.append(by)
        return early

    def steps(self) -> list[tuple[Attempt, ...]]:
        """The attempts by the step of the program that they belong to: each lasts until an answer was whole."""
        found: list[list[Attempt]] = [[]]
        for each in self.tries:
            found[-1].append(each)
            if each.is_complete:
                found.append([])
        return [tuple(step) for step in found if step]


def _seconds(difference: float) -> float:
    """To the nanosecond: what a client has slept for 3 s is no less than 3.0 to whoever asserts it."""
    return round(difference, 9)
