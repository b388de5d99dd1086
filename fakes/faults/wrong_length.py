"""A `content-length` that is not that of the body."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..plan import CLOSE, Finish, Head, Plan
from .base import Fault


class WrongLength(Fault):
    """The head announces more bytes than come before the connection is closed, or fewer. A stream has no
    length."""

    kind: Literal["wrong_length"] = "wrong_length"
    at: Literal["before_headers"] = "before_headers"
    excess: Annotated[int, Field(ge=-50, le=10**9, description="by how many bytes it is too long; -10: too short")] = 10
    example: ClassVar[dict[str, Any]] = {"kind": "wrong_length", "excess": 10}
    plain_only: ClassVar[bool] = True

    @model_validator(mode="after")
    def _is_wrong(self) -> WrongLength:
        if self.excess == 0:
            raise ValueError("excess: 0 is right")
        return self

    def instead(self, rest: Plan) -> Plan | None:
        first, *others = rest
        if not isinstance(first, Head) or first.sse or first.status != 200:
            return None
        ends = (CLOSE if isinstance(step, Finish) else step for step in others)
        return (replace(first, excess=self.excess), *ends)
