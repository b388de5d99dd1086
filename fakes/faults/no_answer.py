"""The request is taken and nothing ever comes back."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import RELEASE, Plan, Stall
from .base import Fault


class NoAnswer(Fault):
    """The connection stays open and silent before the headers, until the client leaves."""

    kind: Literal["no_answer"] = "no_answer"
    example: ClassVar[dict[str, Any]] = {"kind": "no_answer", "share": "5%"}

    def instead(self, rest: Plan) -> Plan:
        return (RELEASE, Stall())
