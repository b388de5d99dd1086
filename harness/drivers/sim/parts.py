"""One run in the simulator whose records are handed over, and forgotten, as soon as their calls are settled."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple, TypeVar

from brownout.fakes.journal import Besides, Served, TurnedAway

from ...fleet import Configuration
from ...ledger import Ledger
from ...scenario import Scenario
from .run import Simulation

Record = TypeVar("Record")
Key = tuple[int, int]
"""A client and its call."""

_SLICES = 1024
"""At the least: between two of them is looked whether enough has been settled."""
_SHORTEST = 2.0**-30
"""Slice, as a share of the run."""


class Part(NamedTuple):
    """Some of a run's calls, with every attempt and all that the service did for them. The breakers' records are those
    since the part before; pauses are left out. The counts of faults are in the last part."""

    ledger: Ledger
    watermark: float
    """All attempts that began before, in seconds of the scenario, are in this part or one before it."""


def parts(scenario: Scenario, client: Configuration, seed: int, size: int) -> Iterator[Part]:
    """Play it, in parts of about `size` calls. A call is settled once it has ended and nothing of it is under way, at
    the service neither; what never is comes with the last part. Raises what a layer raised."""
    simulation = Simulation(scenario, client, seed, keeps_journal=False)
    ledger, served = simulation.ledger, _served(simulation)
    left = 0
    for moment in _moments(scenario.end, ledger.calls, size):
        simulation.until(moment)
        if len(ledger.calls) >= left + size:  # what is left over is looked through again, once in so many calls
            ledger.waits.clear()
            unfinished = {each.who[:2] for each in simulation.endpoint.journal()}
            part = _settled(ledger, served, unfinished)
            left = len(ledger.calls)
            under_way = (call.started for call in ledger.calls)
            yield Part(part, min(moment, simulation.callers.oldest(), min(under_way, default=moment)))
    simulation.end()
    ledger.waits.clear()
    ledger.close(simulation.endpoint)
    ledger.journal.extend(served)
    ledger.sort()
    yield Part(ledger, math.inf)


def _served(simulation: Simulation) -> list[Served]:
    """What the service has done with, as it comes in."""
    found: list[Served] = []

    def keep(entry: Served | TurnedAway, besides: Besides) -> None:
        if isinstance(entry, Served):
            found.append(entry)

    simulation.endpoint.listener = keep
    return found


def _moments(end: float, calls: Collection[Any], size: int) -> Iterator[float]:
    """When to look at what has ended, up to the end of the run: every eighth of `size` calls or so.

    A slice is short against the time from the beginning to its end, but for the first ones: that is why the last
    moment is the end itself, to the last bit.
    """
    slice_, moment = end / _SLICES, 0.0
    while moment < end:
        before = len(calls)
        moment = min(end, moment + slice_)
        yield moment
        came = len(calls) - before
        if came * 8 > size:
            slice_ = max(end * _SHORTEST, slice_ / 2.0)
        elif came * 16 < size:
            slice_ = min(end / _SLICES, slice_ * 2.0)


def _settled(ledger: Ledger, served: list[Served], unfinished: set[Key]) -> Ledger:
    """Takes the settled calls, and all that is known of them, out of the ledger and what was served."""
    recorded = Counter(attempt.who[:2] for attempt in ledger.attempts)
    whole = {call[:2] for call in ledger.calls if recorded[call[:2]] == call.attempts} - unfinished
    part = Ledger(
        calls=_taken(ledger.calls, lambda call: call[:2] in whole),
        attempts=_taken(ledger.attempts, lambda attempt: attempt.who[:2] in whole),
        breaker=_taken(ledger.breaker, lambda _: True),
        journal=_taken(served, lambda each: each.who[:2] in whole),
    )
    part.sort()
    return part


def _taken(records: list[Record], is_taken: Callable[[Record], bool]) -> list[Record]:
    """Out of the list."""
    found: list[Record] = []
    left: list[Record] = []
    for each in records:
        (found if is_taken(each) else left).append(each)
    records[:] = left
    return found
