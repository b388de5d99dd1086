"""Success, and nothing in it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import FINISH, RELEASE, Body, Head, Plan, is_unanswered
from .base import Fault


class Empty(Fault):
    """Status 200 with the content type that is expected, and no byte of a body."""

    kind: Literal["empty"] = "empty"
    at: Literal["arrival", "before_headers"] = "before_headers"
    example: ClassVar[dict[str, Any]] = {"kind": "empty", "share": "5%"}

    def instead(self, rest: Plan) -> Plan | None:
        if not is_unanswered(rest):
            return None
        if any(isinstance(step, Head) and step.sse for step in rest):
            return (RELEASE, Head(sse=True), FINISH)
        return (RELEASE, Head(), Body(b""), FINISH)
