"""Everything has come but the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import CLOSE, Finish, Head, Plan, Stall, Step
from ..units import Duration
from .base import Fault


class SlowClose(Fault):
    """The answer is whole, and its end comes late, or never: of a stream the last chunk; of a plain answer, which then
    has no length, the FIN."""

    kind: Literal["slow_close"] = "slow_close"
    at: Literal["before_headers"] = "before_headers"
    seconds: Annotated[
        Duration | None, Field(gt=0, alias="for", description="how late the end comes; not given: never")
    ] = None
    example: ClassVar[dict[str, Any]] = {"kind": "slow_close", "for": "30s"}

    def instead(self, rest: Plan) -> Plan | None:
        first, *others = rest
        if not isinstance(first, Head) or first.status != 200:
            return None
        steps: list[Step] = [
            first if first.sse else replace(first, fields=(("content-length", ""), ("connection", "close")))
        ]
        for step in others:
            steps += [Stall(self.seconds), step if first.sse else CLOSE] if isinstance(step, Finish) else [step]
        return tuple(steps)
