"""The answer begins late: the service is busy, or thinks."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import Plan, Wait, is_unanswered
from ..units import Duration
from .base import Fault


class SlowFirstToken(Fault):
    """The headers, and with them what a stream begins with, come so much later. A stream holds its slot all the while;
    a plain answer has been made by then."""

    kind: Literal["slow_first_token"] = "slow_first_token"
    at: Literal["before_headers"] = "before_headers"
    by: Annotated[Duration, Field(gt=0, description="how much later")] = 10.0
    example: ClassVar[dict[str, Any]] = {"kind": "slow_first_token", "by": "20s", "share": "30%"}

    def instead(self, rest: Plan) -> Plan | None:
        return (Wait(self.by), *rest) if is_unanswered(rest) else None
