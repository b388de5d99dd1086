"""The state of a circuit breaker: closed -> open -> half-open -> closed or open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from ..records import BreakerRecord
from .tripping import Trip

if TYPE_CHECKING:
    from .layer import Site

Name: TypeAlias = Literal["closed", "open", "half-open"]
Override: TypeAlias = Literal["closed", "open"]


class State:
    """A permit is the number of the period it was given in: what began in an earlier period has no say in this one."""

    def __init__(self, trip: Trip, open_for: float, probes: int, successes: int, site: Site, key: str = "") -> None:
        self.key = key
        """Which of several breakers of one layer it is."""
        self.name: Name = "closed"
        self.override: Override | None = None
        """What an operator has said: it lets everything through, or nothing, and counts on."""
        self._trip = trip
        self._open_for = open_for
        self._probes = probes
        self._successes = successes
        # Not the site itself, which knows its breakers: the collector would have to find them together.
        self._client, self._now, self._record = site.client, site.now, site.record
        self._opened_at = 0.0
        self._probes_out = 0
        self._probes_ok = 0
        self._period = 0
        site.breakers.append(self)

    def enter(self) -> int | None:
        """A permit to call, or None to refuse."""
        if self.override is not None:
            return self._period if self.override == "closed" else None
        if self.name == "closed":
            return self._period
        if self.name == "open" and self._now() - self._opened_at >= self._open_for:
            self._turn("half-open")
        if self.name == "half-open" and self._probes_out < self._probes:
            self._probes_out += 1
            return self._period
        return None

    def leave(self, permit: int, began: float, *, is_success: bool) -> None:
        """A call that began then has ended, and speaks for or against the service."""
        if permit != self._period:
            return
        if self.name == "half-open":
            self._probed(is_success)
        elif self.name == "closed" and self._trip.count(not is_success, began, self._now):
            self._open()

    def abandon(self, permit: int) -> None:
        """A call has ended without saying anything."""
        if permit == self._period and self.name == "half-open" and self._probes_out:
            self._probes_out -= 1

    def _probed(self, is_success: bool) -> None:
        if not is_success:
            self._open()
            return
        self._probes_out = max(0, self._probes_out - 1)
        self._probes_ok += 1
        if self._probes_ok >= self._successes:
            self._turn("closed")

    def _open(self) -> None:
        self._opened_at = self._now()
        self._turn("open")

    def _turn(self, name: Name) -> None:
        until = self._opened_at + self._open_for if name == "open" else None
        self._record(BreakerRecord(self._client, self._now(), self.name, name, until))
        self.name = name
        self._period += 1
        self._probes_out = self._probes_ok = 0
        self._trip.clear()
