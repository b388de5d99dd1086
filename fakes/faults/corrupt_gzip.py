"""Compressed by something on the way, and broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

from ..plan import FINISH, RELEASE, START, Answer, Event, Head, Plan, Spoiled
from .base import Fault


class CorruptGzip(Fault):
    """The head says `content-encoding: gzip`, and what follows cannot be decompressed."""

    kind: Literal["corrupt_gzip"] = "corrupt_gzip"
    at: Literal["before_headers"] = "before_headers"
    example: ClassVar[dict[str, Any]] = {"kind": "corrupt_gzip", "share": "5%"}

    def instead(self, rest: Plan) -> Plan | None:
        first, *others = rest
        if not isinstance(first, Head) or first.status != 200:
            return None
        event = next((step for step in others if isinstance(step, Event)), START)
        head = replace(first, fields=(("content-encoding", "gzip"),))
        return (RELEASE, head, Spoiled(event if first.sse else Answer(), "no_gzip"), FINISH)
