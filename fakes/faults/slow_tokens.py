"""The answer is made slowly: an overloaded service that turns nobody away."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..moments import InBody
from ..plan import Plan, Tokens, is_unanswered
from .base import Fault


class SlowTokens(Fault):
    """From the moment given the gaps between the tokens of a stream are so many times as long. The slot is held all the
    while. A plain answer, whose tokens nobody sees, is delayed by `slow_first_token`."""

    kind: Literal["slow_tokens"] = "slow_tokens"
    at: InBody = "after_headers"
    factor: Annotated[float, Field(gt=1, le=10_000, description="how many times as long")] = 10.0
    example: ClassVar[dict[str, Any]] = {"kind": "slow_tokens", "factor": 8, "share": "30%"}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        if is_unanswered(rest):
            return None
        slower = (replace(step, gap=step.gap * self.factor) if isinstance(step, Tokens) else step for step in rest)
        return tuple(slower)
