"""What a command has sent, from the journal of the fake: nobody could look into the program."""

from __future__ import annotations

from brownout.fakes.journal import Served

from ...ledger import Ledger
from ...policies.outcome import CANCELLED, OK, Outcome
from ...records import AttemptRecord, CallRecord


def add_attempts(ledger: Ledger) -> None:
    """Its attempts, and what its calls have come to as far as those tell. The ledger has its journal already."""
    by_call: dict[tuple[int, int], list[Served]] = {}
    for served in ledger.journal:
        by_call.setdefault(served.who[:2], []).append(served)
        ledger.attempts.append(_attempt(served))
    ledger.calls = [_call(call, by_call.get(call[:2], [])) for call in ledger.calls]


def _attempt(served: Served) -> AttemptRecord:
    outcome, over = _outcome(served), served.ended if served.left is None else served.left
    return AttemptRecord(
        served.who,
        served.arrived,
        over,
        outcome.kind,
        outcome.phase,
        outcome.status,
        is_fresh=True,
        tokens=served.sent_tokens if served.stream else 0,
    )


def _outcome(served: Served) -> Outcome:
    """What the server knows of it. Whether a client that left had a limit or lost interest it does not."""
    if served.status not in (None, 200):
        return Outcome("status", "read", served.status)
    if served.is_complete:
        return OK
    if served.left is not None or served.ended is None:
        return CANCELLED
    if served.status is None:
        return Outcome("connection", "read")
    return Outcome("stream_broken", "stream", 200) if served.stream else Outcome("connection", "read")


def _call(call: CallRecord, sent: list[Served]) -> CallRecord:
    """The program's word counts for a failure; for an answer there has to be one."""
    call = call._replace(attempts=len(sent))
    outcomes = [_outcome(each) for each in sent]
    if call.outcome == "ok" and OK not in outcomes:
        return call._replace(outcome="unanswered")
    last = next((each for each in reversed(outcomes) if each.kind != "cancelled"), OK)
    if call.outcome == "raised" and not last.is_ok:
        return call._replace(outcome=last.kind, status=last.status if last.kind == "status" else None)
    return call
