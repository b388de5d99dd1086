"""Byte after byte: every read succeeds, and nothing gets done."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..moments import InBody
from ..plan import Plan
from ..rests import trickling
from ..units import Duration
from .base import Fault


class Trickle(Fault):
    """From the moment given so many bytes come every so often, the head among them if it has not come. No read takes
    long enough for a timeout. The slot is given back, as the service has done its part."""

    kind: Literal["trickle"] = "trickle"
    at: Literal["before_headers"] | InBody = "before_headers"
    bytes: Annotated[int, Field(ge=1, description="how many at a time")] = 1
    every: Annotated[Duration, Field(gt=0, description="how often")] = 1.0
    example: ClassVar[dict[str, Any]] = {"kind": "trickle", "bytes": 1, "every": "2s"}

    def instead(self, rest: Plan) -> Plan | None:
        return trickling(rest, self.bytes, self.every)
