"""What the calls cost in requests: retries and what came of them, timeouts, and work nobody waited for any more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served

from ..records import AttemptRecord
from .calls import TIMEOUTS
from .observed import Absent, Observed, once

_NOT_ITS_OWN = frozenset({"cancelled", "censored"})
"""Ends of calls that are no limit of theirs: their requests went with them."""


def amplification(seen: Observed) -> float:
    return len(seen.ledger.attempts) / len(seen.ledger.calls)


def busiest_second(seen: Observed) -> float | Absent:
    """The most requests that were begun within any one second, over as many as there were calls in a second."""
    began = sorted(attempt.started for attempt in seen.ledger.attempts)
    if not began:
        return Absent("no request was sent")
    first = most = 0
    for last, at in enumerate(began):
        while at - began[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most * seen.scenario.horizon / len(seen.ledger.calls)


def attempts_per_success(seen: Observed) -> float:
    answered = sum(call.outcome == "ok" for call in seen.ledger.calls)
    return len(seen.ledger.attempts) / answered if answered else math.inf


def retry_success(seen: Observed) -> float | Absent:
    """A call was retried if any of its attempts was not the first of its branch; a hedge alone is no retry."""
    retried = {attempt.who[:2] for attempt in seen.ledger.attempts if attempt.who.attempt}
    if not retried:
        return Absent("no call was retried")
    return sum(call.outcome == "ok" for call in seen.ledger.calls if call[:2] in retried) / len(retried)


def attempt_timeout_rate(seen: Observed) -> float | Absent:
    attempts = seen.ledger.attempts
    if not attempts:
        return Absent("no request was sent")
    return len(_cut_off(seen)) / len(attempts)


def false_timeout_rate(seen: Observed) -> float | Absent:
    """Of the requests that reached the service and met no fault there, those that a limit of the client's own cut off:
    who had waited would have had an answer."""
    sound = {attempt.who for attempt in seen.ledger.attempts if _is_sound(seen.served.get(attempt.who))}
    if not sound:
        return Absent("no request reached the service without meeting a fault")
    return len(sound & _cut_off(seen)) / len(sound)


def _is_sound(served: Served | None) -> bool:
    return served is not None and not served.has_fired


@once
def _cut_off(seen: Observed) -> set[Identity]:
    """The requests that a limit of the client's own has ended: those that the HTTP library's or a gap's has, and those
    that were called off, by a layer further out, though nobody had left and no other request of the call had won."""
    found = {attempt.who for attempt in seen.ledger.attempts if attempt.outcome in TIMEOUTS}
    called_off = {attempt.who for attempt in seen.ledger.attempts if attempt.outcome == "cancelled"}
    if called_off:
        for call in seen.ledger.calls:
            if call.outcome not in _NOT_ITS_OWN:
                found.update(each.who for each in _of_limits(seen.attempts_of(call)))
    return found


def _of_limits(attempts: Sequence[AttemptRecord]) -> Iterator[AttemptRecord]:
    """Those called off while no other of the call's requests ended: who loses against a hedge ends with it."""
    for each in attempts:
        others = (other for other in attempts if other.who.branch != each.who.branch)
        if each.outcome == "cancelled" and not any(other.finished == each.finished for other in others):
            yield each


def late_attempts(seen: Observed) -> float | Absent:
    """For each call, requests begun after its caller had left."""
    if (reason := _nobody_leaves(seen)) is not None:
        return reason
    late = 0
    for call in seen.ledger.calls:
        patience = seen.kind_of(call).caller_timeout
        if patience is not None:
            late += sum(attempt.started > call.intended + patience for attempt in seen.attempts_of(call))
    return late / len(seen.ledger.calls)


def late_tokens(seen: Observed) -> float | Absent:
    """For each call, tokens that streamed in after its caller had left."""
    if (reason := _nobody_leaves(seen)) is not None:
        return reason
    return sum(attempt.late for attempt in seen.ledger.attempts) / len(seen.ledger.calls)


def _nobody_leaves(seen: Observed) -> Absent | None:
    if any(kind.caller_timeout is not None for kind in seen.scenario.workload.kinds):
        return None
    return Absent("the scenario gives no caller_timeout")
