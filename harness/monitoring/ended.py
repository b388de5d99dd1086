"""A call that has ended, as far as a monitor needs to know it: made of what a resilient client tells its hooks, or of a
ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..ledger import Ledger
from ..metrics.calls import TIMEOUTS
from ..records import AttemptRecord, CallRecord

NOT_ITS_FAULT = frozenset({"cancelled", "censored", "skipped"})
"""Ends of calls that say nothing of the service: the caller left, the run was over, an earlier step had failed."""


class Ended(NamedTuple):
    """One call. Times are in seconds; `at` is when it ended, by the clock of whoever tells."""

    at: float
    seconds: float
    """From the moment it was meant to be sent."""
    is_ok: bool
    is_timeout: bool
    """Whether it ended in a limit of the client's own."""
    attempts: int
    is_retried: bool
    """Whether more than the first attempt of a branch was made; a hedge alone is no retry."""
    first_text: float | None
    """Seconds to the first text of its stream."""
    input_tokens: int
    output_tokens: int


def ended(call: CallRecord, attempts: Sequence[AttemptRecord], output_tokens: int) -> Ended | None:
    """The call as a monitor sees it; None for one that says nothing of the service. `output_tokens`: of its answer."""
    if call.finished is None or call.outcome in NOT_ITS_FAULT:
        return None
    texts = [attempt.first_text for attempt in attempts if attempt.first_text is not None]
    return Ended(
        call.finished,
        call.finished - call.intended,
        call.outcome == "ok",
        call.outcome in TIMEOUTS,
        call.attempts,
        any(attempt.who.attempt for attempt in attempts),
        min(texts) - call.intended if texts else None,
        call.input_tokens,
        output_tokens,
    )


def output_tokens(ledger: Ledger) -> Callable[[CallRecord], int]:
    """How long the answer to a call of this run was: as the service has made it, where it tells."""
    lengths = {served.who[:2]: served.output_tokens + served.told for served in ledger.journal}
    return lambda call: lengths.get(call[:2], call.tokens) if call.outcome == "ok" else 0


def of_ledger(ledger: Ledger) -> Iterator[Ended]:
    """The calls of a run, in the order in which they ended."""
    attempts: dict[tuple[int, int], list[AttemptRecord]] = {}
    for attempt in ledger.attempts:
        attempts.setdefault(attempt.who[:2], []).append(attempt)
    tokens_of = output_tokens(ledger)
    found = (ended(call, attempts.get(call[:2], ()), tokens_of(call)) for call in ledger.calls)
    return iter(sorted((each for each in found if each is not None), key=lambda each: each.at))
