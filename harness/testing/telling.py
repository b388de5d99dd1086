"""A trace as text: one line an attempt, and what is to be said of the time between them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from .trace import ROUNDING, Attempt, Trace
from .unfired import counted

_MOST_LINES = 40


class Limit(NamedTuple):
    """A limit on a part of a test, and when it was over."""

    over: float
    seconds: float


def timeline(trace: Trace, missed: Limit | None = None) -> str:
    """What the program did, line by line. `missed`: a limit on a part of it; else that of the trace itself counts."""
    lines = list(_lines(trace, missed))
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        lines = [*lines[:half], f"{'':>10}  ... {len(lines) - 2 * half} lines more", *lines[-half:]]
    return "\n".join(lines)


def _lines(trace: Trace, missed: Limit | None) -> Iterator[str]:
    if not trace.tries:
        yield f"{trace.now:10.3f}  no request has come"
        return
    if missed is None and trace.deadline is not None and trace.now > trace.deadline:
        missed = Limit(trace.deadline, trace.deadline - trace.began)
    over = math.inf if missed is None else missed.over
    limit = "" if missed is None else f"{over:10.3f}  the limit of {missed.seconds:g} s is over"
    for number, each in enumerate(trace.tries, start=1):
        if over <= each.at:
            yield limit
            over = math.inf
        if number > 1:
            yield from _between(trace.tries[number - 2], each)
        yield f"{each.at:10.3f}  {_title(number, each)}"
    if over < math.inf:
        yield limit
    yield f"{trace.now:10.3f}  the end"


def _title(number: int, each: Attempt) -> str:
    if not each.connected:
        return f"attempt {number}: no connection ({each.fault})"
    how = "stream" if each.stream else "plain"
    fault = "" if each.fault is None else f" ({each.fault}{'' if each.has_fired else ', which did not fire'})"
    return f"attempt {number}, {how}: {_ending(each)}{fault}"


def _ending(each: Attempt) -> str:
    took = "" if each.ended is None else f" after {each.ended - each.at:.3f} s"
    tokens = counted(each.tokens, "token") if each.tokens else ""
    if each.ended is None:
        return "still going on" + (f", {tokens} so far" if tokens else "")
    if each.closed_by_client:
        return f"the client left{took}, with {tokens or 'nothing'}"
    if each.status not in (None, 200):
        asked = "" if each.retry_after is None else f", retry-after {each.retry_after:g} s"
        return f"status {each.status}{took}{asked}"
    if each.is_complete:
        return f"answered whole{took}"
    return f"broken off{took}" + (f", after {tokens}" if tokens else "")


def _between(before: Attempt, after: Attempt) -> Iterator[str]:
    if before.ended is None or before.ended > after.at:
        return
    wait = after.at - before.ended
    if before.retry_after is not None and wait < before.retry_after - ROUNDING:
        yield f"{'':>10}  waits {wait:.3f} s: retried {before.retry_after - wait:.2f} s before retry-after allowed"
    elif wait > ROUNDING:
        yield f"{'':>10}  waits {wait:.3f} s"
