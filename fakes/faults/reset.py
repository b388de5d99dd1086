"""The connection dies with a RST: a crashed process, a middlebox that forgot the connection."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import RELEASE, RESET, Plan
from .base import Fault


class Reset(Fault):
    """The connection is reset at the moment given."""

    kind: Literal["reset"] = "reset"
    example: ClassVar[dict[str, Any]] = {"kind": "reset", "at": {"tokens": 3}, "share": "20%"}
    hits_idle: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan:
        return (RELEASE, RESET)
