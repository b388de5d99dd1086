"""An event without its `event:` line: parsers that go by it pass over the data."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, InBody
from ..plan import Plan
from ..rests import with_spoiled
from .base import Fault


class MissingEventName(Fault):
    """The next event of a stream has data, and no name."""

    kind: Literal["missing_event_name"] = "missing_event_name"
    at: InBody = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "missing_event_name", "at": {"tokens": 3}, "share": "5%"}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        return with_spoiled(rest, "no_name")
