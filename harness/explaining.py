"""One call's story, from the moment it was meant to be sent: waits, requests, the faults they met, what was raised."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from brownout.fakes.journal import Served

from .ending import ending
from .fleet import Fleet, client_of
from .metrics import Observed, latency
from .records import AttemptRecord, CallRecord


class Line(NamedTuple):
    """Something that happened, in seconds from the moment the call was meant to be sent."""

    at: float
    what: str


class NoSuchCall(Exception):
    """The run has no call of that number."""


def find(seen: Observed, which: str) -> CallRecord:
    """`12.3` is call 3 of client 12, both from 0; `worst` the call that fared worst. Raises `NoSuchCall`."""
    if which == "worst" and seen.ledger.calls:
        return max(seen.ledger.calls, key=lambda call: _badness(seen, call))
    client, _, number = which.partition(".")
    for call in seen.ledger.calls:
        if (str(call.client), str(call.call)) == (client, number):
            return call
    least = seen.ledger.calls[0] if seen.ledger.calls else None
    hint = f'; there is "{least.client}.{least.call}", for one' if least else ""
    raise NoSuchCall(f'no call "{which}" under seed {seen.seed}{hint}')


def _badness(seen: Observed, call: CallRecord) -> tuple[bool, bool, int, float]:
    """Not answered is worse than answered too late, and that than answered; then requests and time count."""
    return call.outcome != "ok", not seen.is_good(call), call.attempts, _took(seen, call)


def _took(seen: Observed, call: CallRecord) -> float:
    """Seconds until it was over, one way or the other."""
    return (seen.scenario.end if call.finished is None else call.finished) - call.intended


def title(seen: Observed, call: CallRecord) -> str:
    """Which call that was."""
    how = "streaming" if call.stream else "plain"
    return (
        f"Call {call.client}.{call.call} in {seen.scenario.name} with {_client(seen, call)}, seed {seen.seed}: "
        f"{seen.kind_of(call).profile}, {how}, {call.input_tokens:,} tokens in, deadline {call.deadline:g} s, "
        f"meant to be sent at {call.intended:.3f} s"
    )


def _client(seen: Observed, call: CallRecord) -> str:
    """Whose call it was; of a fleet also which of its members'."""
    if not isinstance(seen.client, Fleet):
        return seen.client.name
    member = client_of(seen.client, seen.scenario.workload.clients)(call.client)
    return f"{seen.client.name} ({member.name})"


def story(seen: Observed, call: CallRecord) -> list[Line]:
    """What happened, in order."""
    lines = sorted(_lines(seen, call), key=lambda line: line.at)
    return [Line(line.at - call.intended, line.what) for line in lines]


def _lines(seen: Observed, call: CallRecord) -> Iterator[Line]:
    attempts = sorted(seen.attempts_of(call), key=lambda attempt: (attempt.started, attempt.who))
    if call.started > call.intended:
        yield Line(call.started, "begins: the program was late")
    for number, attempt in enumerate(attempts, start=1):
        yield from _attempt(number, attempt, seen.served.get(attempt.who))
    for wait in seen.ledger.waits:
        if wait.after[:2] == call[:2]:
            yield Line(wait.at, f"waits {wait.seconds:.2f} s ({wait.why})")
    yield from _early_retries(seen, attempts)
    over = seen.scenario.end if call.finished is None else call.finished
    if over > (deadline := call.intended + call.deadline):
        yield Line(deadline, "the deadline passes")
    patience = seen.kind_of(call).caller_timeout
    if patience is not None and over > call.intended + patience:
        yield Line(call.intended + patience, "its caller leaves")
    if call.finished is None:
        yield Line(seen.scenario.end, "is still going on when the run ends")
    else:
        yield Line(call.finished, _ending(seen, call))


def _attempt(number: int, attempt: AttemptRecord, served: Served | None) -> Iterator[Line]:
    branch = f" (hedge {attempt.who.branch})" if attempt.who.branch else ""
    how = "a new connection" if attempt.is_fresh else "a kept connection"
    yield Line(attempt.started, f"request {number}{branch} on {how}")
    if served is not None and served.fault is not None:
        when = "met" if served.has_fired else "was meant to meet, and did not,"
        yield Line(attempt.started, f"request {number} {when} the fault of {served.fault}")
    if served is not None and served.granted is not None and served.granted - served.arrived > 1.0:
        yield Line(served.granted, f"request {number} has waited {served.granted - served.arrived:.2f} s for a slot")
    if attempt.first_text is not None:
        yield Line(attempt.first_text, f"request {number} shows its first text")
    if attempt.finished is not None:
        yield Line(attempt.finished, f"request {number} ends: {_outcome(attempt)}")


def _outcome(attempt: AttemptRecord) -> str:
    counted = "1 token" if attempt.tokens == 1 else f"{attempt.tokens} tokens"
    shows_them = attempt.tokens and attempt.outcome not in ("ok", "status", "timeout")
    return ending(attempt.outcome, attempt.phase or "", attempt.status) + (f", after {counted}" if shows_them else "")


def _early_retries(seen: Observed, attempts: list[AttemptRecord]) -> Iterator[Line]:
    """Requests sent before the service had said they might be."""
    tries = sorted(attempts, key=lambda attempt: (attempt.who.branch, attempt.started))
    for before, after in pairwise(tries):
        if before.who.branch != after.who.branch:
            continue  # a hedge is no retry
        met = seen.served.get(before.who)
        asked = met.retry_after if met else None
        if asked is not None and before.finished is not None and after.started < before.finished + asked - 1e-6:
            early = before.finished + asked - after.started
            yield Line(after.started, f"retried {early:.2f} s before retry-after allowed")


def _ending(seen: Observed, call: CallRecord) -> str:
    requests = f"{call.attempts} request{'' if call.attempts == 1 else 's'}"
    if call.outcome == "ok":
        why = ", too late" if latency(call) > call.deadline else ", not as fluent as asked"
        late = "" if seen.is_good(call) else why
        return f"answered after {latency(call):.2f} s and {requests}{late}"
    if call.outcome == "skipped":
        return "is never begun: a step of the chain before it has failed, or the time of all is over"
    raised = f", the program sees {call.exception}" if call.exception else ", the program sees no error"
    what = f"status {call.status}" if call.outcome == "status" else call.outcome.replace("_", " ")
    return f"fails after {requests}: {what}{raised}"
