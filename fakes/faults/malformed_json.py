"""JSON that is none: a byte was lost, or a proxy cut it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, InBody
from ..plan import Plan
from ..rests import with_spoiled
from .base import Fault


class MalformedJson(Fault):
    """The next event of a stream, or the body of a plain answer, is no JSON: a brace of it is a bracket."""

    kind: Literal["malformed_json"] = "malformed_json"
    at: InBody = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "malformed_json", "at": {"tokens": 3}, "share": "5%"}
    streams_only: ClassVar[bool] = False

    def instead(self, rest: Plan) -> Plan | None:
        return with_spoiled(rest, "no_json")
