"""What a run shows of the figures that theory is about, once the beginning is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from brownout.fakes.journal import Served

from ..ledger import Ledger
from ..metrics import quantile
from ..records import AttemptRecord, CallRecord

INSTANT = 1e-5
"""Seconds. A prompt of one token is on its way for a tenth of that."""


@dataclass(frozen=True)
class Seen:
    """The calls of one run that were meant to be made from `since` to `until`, in seconds of the scenario: a run starts
    empty, and theory is about what has gone on for ever."""

    ledger: Ledger
    since: float
    until: float

    @cached_property
    def calls(self) -> list[CallRecord]:
        return [call for call in self.ledger.calls if self.since <= call.intended < self.until]

    @cached_property
    def attempts(self) -> list[AttemptRecord]:
        """Those of these calls."""
        ours = {(call.client, call.call) for call in self.calls}
        return [attempt for attempt in self.ledger.attempts if attempt.who[:2] in ours]

    @cached_property
    def served(self) -> list[Served]:
        """The requests of these calls, as the service saw them."""
        ours = {(call.client, call.call) for call in self.calls}
        return [served for served in self.ledger.journal if served.who[:2] in ours]

    def failed(self) -> float:
        """The share of calls that were not answered."""
        return fmean(call.outcome != "ok" for call in self.calls)

    def answered(self) -> float:
        """The share of calls that were."""
        return fmean(call.outcome == "ok" for call in self.calls)

    def requests(self) -> float:
        """For each call."""
        return len(self.attempts) / len(self.calls)

    def retries(self) -> float:
        """For each call."""
        return self.requests() - 1.0

    def calls_a_second(self) -> float:
        """Of those that were meant to be made."""
        return len(self.calls) / (self.until - self.since)

    def at_once(self) -> float:
        """The share of requests that got a slot at once."""
        return 1.0 - self.waited()

    def waited(self) -> float:
        """The share of requests that did not get a slot at once."""
        return fmean(_out_of_queue(served) - served.arrived > INSTANT for served in self.served)

    def mean_wait(self) -> float:
        """Seconds that a request was in the queue, until it got a slot or left."""
        return fmean(_out_of_queue(served) - served.arrived for served in self.served)

    def mean_time(self) -> float:
        """Seconds from when a call was meant to be made to its end."""
        return fmean(self._times)

    def p95(self) -> float:
        """Of that time."""
        return quantile(sorted(self._times), 0.95)

    def p99(self) -> float:
        """Of that time."""
        return quantile(sorted(self._times), 0.99)

    @property
    def _times(self) -> list[float]:
        return [call.finished - call.intended for call in self.calls if call.finished is not None]


def _out_of_queue(served: Served) -> float:
    if served.granted is not None:
        return served.granted
    assert served.left is not None
    return served.left
