"""Two events in the wrong order."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterFraction, AfterTokens
from ..plan import Event, Plan, Spoiled, Tokens, is_unanswered
from ..rests import with_spoiled
from .base import Fault


class ReorderedEvents(Fault):
    """The next two events of a stream come the second first."""

    kind: Literal["reordered_events"] = "reordered_events"
    at: Literal["after_headers"] | AfterTokens | AfterFraction = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "reordered_events", "at": {"tokens": 3}, "share": "5%"}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        if is_unanswered(rest):
            return None
        following = [i for i, step in enumerate(rest) if isinstance(step, Event | Tokens)][:2]
        first = rest[following[0]] if following else None
        if isinstance(first, Tokens) and first.count >= 2:
            return with_spoiled(rest, "swapped", 2)
        if len(following) < 2:
            return None
        one, two = following
        changed = list(rest)
        early = rest[two]
        changed[one] = Spoiled(early, "swapped") if isinstance(early, Event) else early  # as it is, and too early
        changed[two] = rest[one]
        return tuple(changed)
