"""Records as a resilient client tells them, made by hand; and a clock that stands still."""

from __future__ import annotations

import math
from typing import Any

from brownout.fakes.draws import Identity
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord, CallRecord
from brownout.monitor import Monitor

SONNET = "claude-sonnet-5-5"


class Clock:
    """Is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def attempt(number: int, outcome: str = "ok", **more: Any) -> AttemptRecord:
    """Of call `number`: at 0 s, for a second."""
    given = {"attempt": 0, "branch": 0, "started": 0.0, "finished": 1.0, "phase": None, "status": None} | more
    who = Identity(0, number, given.pop("attempt"), given.pop("branch"))
    started, finished, phase, status = (given.pop(name) for name in ("started", "finished", "phase", "status"))
    return AttemptRecord(who, started, finished, outcome, phase, status, False, **given)


def finished(
    number: int,
    outcome: str = "ok",
    *,
    took: float = 1.0,
    attempts: int = 1,
    tokens: int = 0,
    usage: tuple[int | None, int | None] = (100, 10),
    model: str = SONNET,
    target: tuple[str, str] | None = None,
) -> FinishedCall:
    """Call `number`, which began at 0 s."""
    record = CallRecord(
        *(0, number, 0.0, 0.0, took, outcome, None, "", math.inf, False),
        *(usage[0] or 0, 100, tokens, attempts),
    )
    return FinishedCall.known(record, model, usage, (model, "") if target is None else target)


def told(*records: Any, **options: Any) -> Monitor:
    """A monitor that has been told these, all at once."""
    monitor = Monitor(clock=Clock(), **options)
    for record in records:
        monitor(record)
    return monitor
