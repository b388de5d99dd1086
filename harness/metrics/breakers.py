"""What the breakers did: how long they were open, and how much of that was for nothing."""

from __future__ import annotations

from bisect import bisect_right

from brownout.fakes.draws import Identity
from brownout.fakes.timeline import Timeline

from ..fleet import configurations
from ..policies.layers.breaker import Breaker
from ..records import CallRecord
from .observed import Absent, Observed, once

_NONE = Absent("this client has no breaker")
_UNSEEN = Absent("whether a program has a breaker cannot be seen")


def _none(seen: Observed) -> Absent | None:
    """Why there is nothing to say; None where there is."""
    found = configurations(seen.client)
    if not found:
        return _UNSEEN
    has_one = any(isinstance(layer, Breaker) for client in found for stack in client.stacks() for layer in stack)
    return None if has_one else _NONE


def opened(seen: Observed) -> float | Absent:
    """How often, for each client."""
    if none := _none(seen):
        return none
    return sum(record.after == "open" for record in seen.ledger.breaker) / seen.scenario.workload.clients


def open_time(seen: Observed) -> float | Absent:
    """Seconds for each client, of those in which calls begin. A breaker whose time is over stays open in name until the
    next call: not counted."""
    if none := _none(seen):
        return none
    horizon = seen.scenario.horizon
    spells = ((record.at, record.until) for record in seen.ledger.breaker if record.until is not None)
    return sum(max(0.0, min(until, horizon) - at) for at, until in spells) / seen.scenario.workload.clients


def falsely_refused(seen: Observed) -> float | Absent:
    """Of all calls, those a breaker refused although no fault would have met them then: every refused call is asked
    what its next request would have met, which the labelled draws answer."""
    if none := _none(seen):
        return none
    return sum(_falsely(seen)) / len(seen.ledger.calls)


def false_open_time(seen: Observed) -> float | Absent:
    """Seconds for each client: the open time, in the share that falsely refused calls have of the refused ones."""
    found = open_time(seen)
    if isinstance(found, Absent) or not found:
        return found
    refused = _falsely(seen)
    return found * sum(refused) / len(refused) if refused else Absent("the breaker refused no call while it was open")


@once
def _falsely(seen: Observed) -> list[bool]:
    """Of each refused call, whether nothing would have met it."""
    timeline = Timeline(seen.scenario.service().phases, seen.seed)
    starts = timeline.starts()

    def is_met(call: CallRecord) -> bool:
        now = call.started if call.finished is None else call.finished  # a layer outside may have tried before
        sent = sum(attempt.who.branch == 0 for attempt in seen.attempts_of(call))
        armed = timeline.armed[bisect_right(starts, now) - 1]
        return any(each.hits(Identity(call.client, call.call, sent), call.stream, now) for each in armed)

    return [not is_met(call) for call in seen.ledger.calls if call.outcome == "breaker_open"]
