"""What the breakers did: how long they were open, and how much of that was for nothing."""

from __future__ import annotations

from bisect import bisect_right

from brownout.fakes.draws import Identity
from brownout.fakes.timeline import Timeline

from ..policies.layers.breaker import Breaker
from ..records import CallRecord
from .observed import Absent, Observed

_NONE = Absent("this client has no breaker")


def _breakers(seen: Observed) -> list[Breaker]:
    return [layer for stack in seen.client.stacks() for layer in stack if isinstance(layer, Breaker)]


def opened(seen: Observed) -> float | Absent:
    """How often, for each client."""
    if not _breakers(seen):
        return _NONE
    return sum(record.after == "open" for record in seen.ledger.breaker) / seen.scenario.workload.clients


def open_time(seen: Observed) -> float | Absent:
    """Seconds for each client. A breaker whose time is over stays open in name until the next call: not counted."""
    breakers = _breakers(seen)
    if not breakers:
        return _NONE
    longest = max(breaker.open_for for breaker in breakers)
    since: dict[int, float] = {}
    total = 0.0
    for record in seen.ledger.breaker:
        if record.after == "open":
            since[record.client] = record.at
        elif record.before == "open" and record.client in since:
            total += min(record.at - since.pop(record.client), longest)
    total += sum(max(0.0, min(seen.scenario.horizon - at, longest)) for at in since.values())
    return total / seen.scenario.workload.clients


def falsely_refused(seen: Observed) -> float | Absent:
    """Of all calls, those a breaker refused although no fault would have met them then: every refused call is asked
    what its first request would have met, which the labelled draws answer."""
    if not _breakers(seen):
        return _NONE
    return sum(_falsely(seen)) / len(seen.ledger.calls)


def false_open_time(seen: Observed) -> float | Absent:
    """Seconds for each client: the open time, in the share that falsely refused calls have of the refused ones."""
    found = open_time(seen)
    if isinstance(found, Absent):
        return found
    refused = _falsely(seen)
    return found * sum(refused) / len(refused) if refused else 0.0


def _falsely(seen: Observed) -> list[bool]:
    """Of each refused call, whether nothing would have met it."""
    timeline = Timeline(seen.scenario.service().phases, seen.seed)
    starts = timeline.starts

    def is_met(call: CallRecord) -> bool:
        now = call.started
        armed = timeline.armed[bisect_right(starts, now) - 1]
        return any(each.hits(Identity(call.client, call.call), call.stream, now) for each in armed)

    return [not is_met(call) for call in seen.ledger.calls if call.outcome == "breaker_open"]
