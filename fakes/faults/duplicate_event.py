"""An event comes twice: something on the way has sent it again."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, InBody
from ..plan import Plan
from ..rests import with_spoiled
from .base import Fault


class DuplicateEvent(Fault):
    """The next event of a stream comes twice."""

    kind: Literal["duplicate_event"] = "duplicate_event"
    at: InBody = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "duplicate_event", "at": {"tokens": 3}, "share": "5%"}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        return with_spoiled(rest, "twice")
