"""What hooks are told: the harness's own records, and of a call's end also what only production knows."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from ..policies.call import Call
from ..policies.outcome import Outcome
from ..records import AttemptRecord, BreakerRecord, CallRecord, WaitRecord

__all__ = ["AttemptRecord", "BreakerRecord", "FinishedCall", "Hook", "Outbox", "WaitRecord"]

Hook = Callable[[Any], object]
"""Is told every record as it is made: `AttemptRecord`, `WaitRecord`, `BreakerRecord`, `FinishedCall`."""

_log = logging.getLogger("brownout")


class FinishedCall(CallRecord):
    """The record of a call, with its model, its profile, and the service's own count of tokens (None where unknown).
    Times are seconds since the client was made resilient."""

    model: str
    profile: str
    first_content: float | None
    """Seconds from the beginning of the call to the first content of its stream."""
    usage: tuple[int | None, int | None]
    """Tokens in and out."""
    target: tuple[str, str]
    """The model and the endpoint that have answered, or that were asked last: a `fallback` may ask others than the
    application. An endpoint is a base URL, empty for the client's own."""

    @classmethod
    def of(
        cls,
        call: Call,
        started: float,
        now: float,
        outcome: Outcome,
        first_content: float | None,
        usage: tuple[int | None, int | None],
        target: tuple[str, str],
    ) -> FinishedCall:
        """What is told of a call that has just ended so."""
        ask = call.ask
        kind = outcome.detail if outcome.kind == "raised" and outcome.detail else outcome.kind
        record = CallRecord(
            ask.client,
            ask.call,
            ask.intended,
            started,
            now,
            kind,
            outcome.status if kind == "status" else None,
            outcome.exception,
            ask.deadline,
            ask.stream,
            ask.input_tokens if usage[0] is None else usage[0],
            ask.max_tokens,
            outcome.tokens,
            call.total_attempts,
        )
        return cls.known(record, ask.model, usage, target, first_content, ask.profile)

    @classmethod
    def known(
        cls,
        record: CallRecord,
        model: str,
        usage: tuple[int | None, int | None],
        target: tuple[str, str],
        first_content: float | None = None,
        profile: str = "chat",
    ) -> FinishedCall:
        """A record, with what else is known of its call."""
        found = cls._make(record)
        found.__dict__.update(model=model, profile=profile, first_content=first_content, usage=usage, target=target)
        return found

    @property
    def seconds(self) -> float:
        """From its beginning to its end."""
        return (math.nan if self.finished is None else self.finished) - self.started

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a record is frozen: {name}")


class Outbox:
    """Keeps records while the layers are stepped, so that no hook runs then; whoever has stepped them delivers. A hook
    that raises is logged once, and goes on being told."""

    def __init__(self, hooks: Sequence[Hook]) -> None:
        self._hooks = tuple(hooks)
        self._waiting: deque[Any] = deque()
        self._failed: set[int] = set()
        self.put: Callable[[Any], None] = self._waiting.append if hooks else lambda record: None

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self._hooks)

    @property
    def is_waiting(self) -> bool:
        """Whether there is anything that nobody has been told."""
        return bool(self._waiting)

    def deliver(self) -> None:
        """Tell the hooks what has been put, in that order."""
        waiting = self._waiting
        while waiting:
            try:
                record = waiting.popleft()
            except IndexError:
                return  # another thread was quicker
            for number, hook in enumerate(self._hooks):
                try:
                    hook(record)
                except Exception:
                    if number not in self._failed:
                        self._failed.add(number)
                        _log.exception("the hook %r has failed; the calls go on without it", hook)
