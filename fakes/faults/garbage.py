"""Something answers that speaks no HTTP."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import CLOSE, RELEASE, Plan, Raw, is_unanswered
from .base import Fault

BYTES = b"\x15\x03\x01\x00\x02\x02\x46 this is no HTTP\r\n\r\n"


class Garbage(Fault):
    """Bytes that are no HTTP come instead of an answer, then a FIN."""

    kind: Literal["garbage"] = "garbage"
    at: Literal["arrival", "before_headers"] = "before_headers"
    example: ClassVar[dict[str, Any]] = {"kind": "garbage", "share": "5%"}

    def instead(self, rest: Plan) -> Plan | None:
        return (RELEASE, Raw(BYTES), CLOSE) if is_unanswered(rest) else None
