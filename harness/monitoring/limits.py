"""Which of the client's own limits have run out in a call, whether or not it was answered in the end."""

from __future__ import annotations

from collections.abc import Sequence

from ..metrics.calls import TIMEOUTS
from ..records import AttemptRecord, CallRecord

PHASES = ("connect", "pool", "write", "read", "stream", "gap", "attempt", "deadline")
"""Of the HTTP library's limits which one; `gap`, `attempt` and `deadline` are those of layers: on a stream's content,
on an attempt and on the whole call."""


def ran_out(call: CallRecord, attempts: Sequence[AttemptRecord]) -> tuple[str, ...]:
    """The phase of each limit, in the order of time."""
    found = [attempt.phase or "read" for attempt in attempts if attempt.outcome in TIMEOUTS]
    if call.outcome in TIMEOUTS and not (attempts and attempts[-1].outcome in TIMEOUTS):
        found.append("deadline" if call.outcome == "deadline" else "attempt")
    return tuple(found)
