"""What the calls cost in requests: retries and what came of them, timeouts, and work nobody waited for any more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served

from ..records import AttemptRecord
from .calls import TIMEOUTS
from .observed import Absent, Observed, once
from .tally import Ratio, Whole, tally

_NOT_ITS_OWN = frozenset({"cancelled", "censored"})
"""Ends of calls that are no limit of theirs: their requests went with them."""


@tally
def requests(seen: Observed) -> Ratio:
    """Requests that were sent, over all calls."""
    return Ratio(len(seen.ledger.attempts), len(seen.ledger.calls))


def amplification(run: Whole) -> float:
    return run.total(requests).value


@tally
def _answered(seen: Observed) -> Ratio:
    return Ratio(sum(call.outcome == "ok" for call in seen.ledger.calls), len(seen.ledger.calls))


def attempts_per_success(run: Whole) -> float:
    answered = run.total(_answered).amount
    return run.total(requests).amount / answered if answered else math.inf


@tally
def _retried(seen: Observed) -> Ratio:
    """Those that were answered. A call was retried if any of its attempts was not the first of its branch; a hedge
    alone is no retry."""
    retried = {attempt.who[:2] for attempt in seen.ledger.attempts if attempt.who.attempt}
    calls = (call for call in seen.ledger.calls if call[:2] in retried) if retried else ()
    return Ratio(sum(call.outcome == "ok" for call in calls), len(retried))


def retry_success(run: Whole) -> float | Absent:
    found = run.total(_retried)
    return found.value if found.of else Absent("no call was retried")


@tally
def _timed_out(seen: Observed) -> Ratio:
    return Ratio(len(_cut_off(seen)), len(seen.ledger.attempts))


def attempt_timeout_rate(run: Whole) -> float | Absent:
    found = run.total(_timed_out)
    return found.value if found.of else Absent("no request was sent")


@tally
def _falsely(seen: Observed) -> Ratio:
    sound = {attempt.who for attempt in seen.ledger.attempts if _is_sound(seen.served.get(attempt.who))}
    return Ratio(len(sound & _cut_off(seen)), len(sound))


def false_timeout_rate(run: Whole) -> float | Absent:
    """Of the requests that reached the service and met no fault there, those that a limit of the client's own cut off:
    who had waited would have had an answer."""
    found = run.total(_falsely)
    return found.value if found.of else Absent("no request reached the service without meeting a fault")


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


@tally
def _late(seen: Observed) -> Ratio:
    late = 0
    for call in seen.ledger.calls if _nobody_leaves(seen) is None else ():
        patience = seen.kind_of(call).caller_timeout
        if patience is not None:
            late += sum(attempt.started > call.intended + patience for attempt in seen.attempts_of(call))
    return Ratio(late, len(seen.ledger.calls))


def late_attempts(run: Whole) -> float | Absent:
    """For each call, requests begun after its caller had left."""
    return _nobody_leaves(run) or run.total(_late).value


@tally
def _late_tokens(seen: Observed) -> Ratio:
    return Ratio(sum(attempt.late for attempt in seen.ledger.attempts), len(seen.ledger.calls))


def late_tokens(run: Whole) -> float | Absent:
    """For each call, tokens that streamed in after its caller had left."""
    return _nobody_leaves(run) or run.total(_late_tokens).value


def _nobody_leaves(run: Whole) -> Absent | None:
    if any(kind.caller_timeout is not None for kind in run.scenario.workload.kinds):
        return None
    return Absent("the scenario gives no caller_timeout")
