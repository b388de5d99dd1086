"""Half an event, and no more: what a buffer held when its process ended."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..moments import AfterTokens, InBody
from ..plan import CLOSE, FINISH, RELEASE, RESET, Plan, Stall, is_unanswered
from ..rests import spoiled
from .base import Fault

_THEN: dict[str, Plan] = {"end": (FINISH,), "close": (CLOSE,), "reset": (RESET,), "stall": (Stall(),)}


class HalfEvent(Fault):
    """The next event of a stream comes to its half. Then the body ends as if it were whole, or the connection is closed
    or reset, or nothing more comes."""

    kind: Literal["half_event"] = "half_event"
    at: InBody = AfterTokens(tokens=3)
    then: Annotated[Literal["end", "close", "reset", "stall"], Field(description="what follows the half")] = "end"
    example: ClassVar[dict[str, Any]] = {"kind": "half_event", "at": {"tokens": 3}, "then": "close"}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        found = None if is_unanswered(rest) else spoiled(rest, "half")
        return None if found is None else (*found[0], RELEASE, *_THEN[self.then])
