"""A hook that writes records to the standard `logging`. It has nothing else to write: no record holds a key, a header
or a word of a prompt or an answer."""

from __future__ import annotations

import logging
from typing import Any

from ..records import AttemptRecord, BreakerRecord, WaitRecord
from .records import FinishedCall


class LoggingHook:
    """Failures are warnings, an opening breaker is an error, the rest is for who wants to see it: `INFO` for calls,
    waits and the breaker, `DEBUG` for attempts. The record is in the `brownout` attribute of each log record."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger("brownout")

    def __call__(self, record: Any) -> None:
        match record:
            case FinishedCall():
                level = logging.INFO if record.outcome in ("ok", "cancelled") else logging.WARNING
                text = "call %d: %s after %.3f s, attempts: %d%s"
                error = f", {record.exception}" if record.exception else ""
                given: tuple[Any, ...] = record.call, record.outcome, record.seconds, record.attempts, error
            case AttemptRecord(who=who, outcome=outcome):
                level, text = logging.DEBUG, "call %d: attempt %d: %s%s"
                given = who.call, who.attempt, outcome, "" if record.status is None else f", status {record.status}"
            case WaitRecord(after=who):
                level, text = logging.INFO, "call %d: waits %.3f s before it tries again (%s)"
                given = who.call, record.seconds, record.why
            case BreakerRecord():
                level = logging.ERROR if record.after == "open" else logging.INFO
                text, given = "the breaker was %s and is %s", (record.before, record.after)
            case _:
                level, text, given = logging.DEBUG, "%s", (record,)
        self._logger.log(level, text, *given, extra={"brownout": record})
