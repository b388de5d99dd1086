"""Text that is no UTF-8."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, InBody
from ..plan import Plan
from ..rests import with_spoiled
from .base import Fault


class BadEncoding(Fault):
    """The next event of a stream, or the body of a plain answer, has a byte that no character of UTF-8 has."""

    kind: Literal["bad_encoding"] = "bad_encoding"
    at: InBody = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "bad_encoding", "at": {"tokens": 3}, "share": "5%"}
    streams_only: ClassVar[bool] = False

    def instead(self, rest: Plan) -> Plan | None:
        return with_spoiled(rest, "no_utf8")
