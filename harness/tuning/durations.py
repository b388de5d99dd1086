"""How long attempts took of what a limit is about, in runs where it hardly cut any: those that were cut took longer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ..files.errors import Location
from ..latencies.survival import Seen
from ..metrics import Observed
from ..records import AttemptRecord

LIMITS = {
    ("timeouts", "read"): "silence",
    ("first_byte", "limit"): "first",
    ("first_token", "limit"): "text",
    ("content_gap", "limit"): "gap",
    ("attempt_timeout", "total"): "whole",
}
"""What limits an attempt, by the end of its place in the file -> the duration that it is about."""
HEDGE = ("hedge", "after")
DEADLINE = ("deadline", "total")
RETRIES = ("retry", "retries")
_CUT = frozenset({"timeout", "stream_timeout", "gap", "deadline", "cancelled", "censored"})
"""How attempts end that would have gone on; whatever else is no answer says nothing of how long answers take."""


def limited_by(at: Location) -> str:
    """The duration that the value at a place limits; empty if it limits none."""
    return LIMITS.get((str(at[-2]), str(at[-1])), "") if len(at) > 1 else ""


def durations(runs: Iterable[Observed], which: str) -> list[Seen]:
    """Seconds of each attempt that knows such a duration, of all runs."""
    return [seen for run in runs for seen in _of(run, which)]


def _of(run: Observed, which: str) -> Iterator[Seen]:
    streams = {call[:2] for call in run.ledger.calls if call.stream}
    end = max((attempt.finished or 0.0 for attempt in run.ledger.attempts), default=0.0)
    for attempt in run.ledger.attempts:
        if attempt.outcome == "ok" or attempt.outcome in _CUT:
            seconds = _seconds(attempt, which, attempt.who[:2] in streams, end)
            if not math.isnan(seconds):
                is_past = which in ("first", "text") and attempt.first_text is not None
                yield Seen(max(seconds, 0.0), attempt.outcome == "ok" or is_past)


def _seconds(attempt: AttemptRecord, which: str, is_stream: bool, end: float) -> float:
    """Not a number where there is no such duration."""
    whole = (end if attempt.finished is None else attempt.finished) - attempt.started
    first = whole if attempt.first_text is None else attempt.first_text - attempt.started
    match which:
        case "text" if not is_stream:
            return math.nan
        case "gap":
            return math.nan if attempt.first_text is None else attempt.largest_gap
        case "first" | "text":
            return first
        case "silence":  # a read timeout begins anew with whatever comes
            return max(first, attempt.largest_gap)
    return whole
