"""The connection is closed, politely and too early: a proxy that restarts, a load balancer that has lost patience."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import CLOSE, RELEASE, Plan
from .base import Fault


class Close(Fault):
    """The connection ends with a FIN at the moment given."""

    kind: Literal["close"] = "close"
    example: ClassVar[dict[str, Any]] = {"kind": "close", "at": {"tokens": 3}, "share": "20%"}
    hits_idle: ClassVar[bool] = True
    ends_by: ClassVar[Literal["rst", "fin"]] = "fin"

    def instead(self, rest: Plan) -> Plan:
        return (RELEASE, CLOSE)
