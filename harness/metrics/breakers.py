"""What the breakers did: how long they were open, and how much of that was for nothing."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from brownout.fakes.draws import Identity
from brownout.fakes.timeline import Timeline

from ..fleet import configurations
from ..policies.layers.breaker import Breaker
from ..records import CallRecord
from .attempts import requests
from .observed import Absent, Observed
from .tally import Ratio, Sums, Whole, tally

_NONE = Absent("this client has no breaker")
_UNSEEN = Absent("whether a program has a breaker cannot be seen")


def _none(run: Whole) -> Absent | None:
    """Why there is nothing to say; None where there is."""
    found = configurations(run.client)
    if not found:
        return _UNSEEN
    has_one = any(isinstance(layer, Breaker) for client in found for stack in client.stacks() for layer in stack)
    return None if has_one else _NONE


@dataclass(frozen=True, slots=True)
class _Opened(Sums):
    """How often breakers did, and for how many seconds in all."""

    times: int
    seconds: float


@tally
def _opened(seen: Observed) -> _Opened:
    records, horizon = seen.ledger.breaker, seen.scenario.horizon
    spells = ((record.at, record.until) for record in records if record.until is not None)
    return _Opened(
        sum(record.after == "open" for record in records),
        sum(max(0.0, min(until, horizon) - at) for at, until in spells),
    )


def opened(run: Whole) -> float | Absent:
    """How often, for each client."""
    return _none(run) or run.total(_opened).times / run.scenario.workload.clients


def open_time(run: Whole) -> float | Absent:
    """Seconds for each client, of those in which calls begin. A breaker whose time is over stays open in name until the
    next call: not counted."""
    return _none(run) or run.total(_opened).seconds / run.scenario.workload.clients


def falsely_refused(run: Whole) -> float | Absent:
    """Of all calls, those a breaker refused although no fault would have met them then: every refused call is asked
    what its next request would have met, which the labelled draws answer."""
    return _none(run) or run.total(_falsely).amount / run.total(requests).of


def false_open_time(run: Whole) -> float | Absent:
    """Seconds for each client: the open time, in the share that falsely refused calls have of the refused ones."""
    found = open_time(run)
    if isinstance(found, Absent) or not found:
        return found
    refused = run.total(_falsely)
    return (
        found * refused.amount / refused.of if refused.of else Absent("the breaker refused no call while it was open")
    )


@tally
def _falsely(seen: Observed) -> Ratio:
    """Of the refused calls, those that nothing would have met."""
    refused = [call for call in seen.ledger.calls if call.outcome == "breaker_open"]
    if not refused:
        return Ratio(0, 0)
    timeline = Timeline(seen.scenario.service().phases, seen.seed)
    starts = timeline.starts()

    def is_met(call: CallRecord) -> bool:
        now = call.started if call.finished is None else call.finished  # a layer outside may have tried before
        sent = sum(attempt.who.branch == 0 for attempt in seen.attempts_of(call))
        armed = timeline.armed[bisect_right(starts, now) - 1]
        return any(each.hits(Identity(call.client, call.call, sent), call.stream, now) for each in armed)

    return Ratio(sum(not is_met(call) for call in refused), len(refused))
