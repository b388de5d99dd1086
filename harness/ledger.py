"""Where a run's records are kept, on both sides, in an order that does not depend on how they came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.journal import Served

from .records import AttemptRecord, BreakerRecord, CallRecord, WaitRecord


@dataclass(slots=True)
class Ledger:
    """The records of one run: one scenario, one client configuration, one seed, one backend."""

    calls: list[CallRecord] = field(default_factory=list)
    attempts: list[AttemptRecord] = field(default_factory=list)
    waits: list[WaitRecord] = field(default_factory=list)
    breaker: list[BreakerRecord] = field(default_factory=list)
    journal: list[Served] = field(default_factory=list)
    faults: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Name of a fault -> (planned, fired)."""

    def record(self, record: Any) -> None:
        """Keep a record of any kind."""
        match record:
            case AttemptRecord():
                self.attempts.append(record)
            case CallRecord():
                self.calls.append(record)
            case WaitRecord():
                self.waits.append(record)
            case BreakerRecord():
                self.breaker.append(record)
            case _:
                raise TypeError(f"not a record: {record!r}")

    def close(self, endpoint: Endpoint) -> None:
        """The run is over: take the server's side in, and put everything in order."""
        timeline = endpoint.timeline
        self.journal = endpoint.journal()
        self.faults = {
            name: (counts.planned, counts.fired) for name, counts in zip(timeline.names, timeline.counts, strict=True)
        }
        self.sort()

    def sort(self) -> None:
        """Everything in the order of (time, client, call, attempt), so that simultaneous events have one order on every
        backend."""
        self.calls.sort(key=attrgetter("intended", "client", "call"))
        self.attempts.sort(key=attrgetter("started", "who"))
        self.waits.sort(key=attrgetter("at", "after"))
        self.breaker.sort(key=attrgetter("at", "client"))
        self.journal.sort(key=attrgetter("arrived", "who"))
